"""A real IMAP server of a test's own: Dovecot, unprivileged, with its own configuration in its own folder."""

import getpass
import imaplib
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sandbox_process import free_ports

USER, PASSWORD = "desk@northshire.example", "dovecot-test"  # the test's own
MISSING = "NO DOVECOT WAS FOUND: the tests against a real IMAP server did not run (package dovecot-imapd)."
CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:~/Maildir
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: `plain` offers STARTTLS, `tls` speaks TLS at once; `folder` holds everything."""

    folder: Path
    plain: int
    tls: int

    @property
    def maildir(self) -> Path:
        """Where the mailbox's INBOX lies."""
        return self.folder / "home" / USER / "Maildir"

    @property
    def certificate(self) -> Path:
        """The certificate to be trusted, for `localhost`."""
        return self.folder / "cert.pem"

    def sign_in(self) -> imaplib.IMAP4:
        """Open the mailbox as another mail program does."""
        client = imaplib.IMAP4("127.0.0.1", self.plain, timeout=10)
        client.login(USER, PASSWORD)
        return client

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Let mails arrive."""
        with self.sign_in() as client:
            for mail in mails:
                answer = client.append(folder, "", "", mail)
                assert answer[0] == "OK", answer

    def renumber(self) -> None:
        """Let the server forget its numbers, as after a restore or a move: UIDVALIDITY changes."""
        time.sleep(1.1)  # it is made of the time in seconds
        for name in ("dovecot-uidlist", "dovecot-uidvalidity"):
            for path in self.maildir.glob(f"{name}*"):
                path.unlink()
        for path in self.maildir.glob("dovecot.index*"):
            path.unlink()


def find_dovecot() -> str:
    """Return the program; skips loudly where there is none, fails where the gate demands it."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if not found and os.environ.get("DESK_DOVECOT") == "required":
        pytest.fail(MISSING)
    if not found:
        pytest.skip(MISSING)
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    if not said.startswith("2.3"):
        pytest.skip(f"NO DOVECOT 2.3 WAS FOUND, but {said.strip()}, whose configuration is another.")
    return found


def write_certificate(folder: Path) -> None:
    """Make a certificate for localhost that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(encoding))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, *plain))


@pytest.fixture(scope="session")
def dovecot_process() -> Iterator[Dovecot]:
    """One server for the whole run. It refuses to serve root's mail, so root lends it another user."""
    program = find_dovecot()
    owner = pwd.getpwnam("nobody" if os.getuid() == 0 else getpass.getuser())
    with tempfile.TemporaryDirectory(prefix="desk-dovecot-") as name:
        folder = Path(name)
        plain, tls = free_ports(2)
        write_certificate(folder)
        (folder / "home").mkdir()
        values = {"user": owner.pw_name, "uid": owner.pw_uid, "gid": owner.pw_gid, "folder": folder}
        group = subprocess.run(["id", "-gn", owner.pw_name], capture_output=True, text=True, check=True)
        text = CONFIG.format(**values, group=group.stdout.strip(), plain=plain, tls=tls, password=PASSWORD)
        (folder / "dovecot.conf").write_text(text)
        if os.getuid() == 0:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, owner.pw_uid, owner.pw_gid)
        more: dict[str, Any] = (
            {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        )
        command = [program, "-F", "-c", str(folder / "dovecot.conf")]
        with (folder / "said.txt").open("wb") as said:
            process = subprocess.Popen(command, start_new_session=True, stdout=said, stderr=said, **more)
        server = Dovecot(folder, plain, tls)
        try:
            wait_until_it_answers(process, server)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_it_answers(process: "subprocess.Popen[bytes]", server: Dovecot) -> None:
    """Wait; raise with the server's last words when it does not come up."""
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            server.sign_in().logout()
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.1)
        else:
            return
    logs = [server.folder / name for name in ("said.txt", "dovecot.log")]
    words = "".join(log.read_text() for log in logs if log.exists())
    raise RuntimeError(f"Dovecot did not start: {words[-2000:]}")


@pytest.fixture
def dovecot(dovecot_process: Dovecot) -> Dovecot:
    """The server with an empty mailbox."""
    with dovecot_process.sign_in() as client:
        for folder in ("INBOX", "Sent"):
            _, (count,) = client.select(folder)
            if int(count or 0):
                client.store("1:*", "+FLAGS", r"(\Deleted)")
                client.expunge()
    return dovecot_process


def trusts(certificate: Path) -> ssl.SSLContext:
    """Return a server's context with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context
