"""What mail allows, the settings of a mailbox, and the guided set-up (contract section 6)."""

from dataclasses import dataclass, replace
from typing import Any

from connectors.contract import AccountAccess, Setup, SetupField
from connectors.errors import AuthRevoked
from inbox.capabilities import Capabilities, FileKind, FileRules
from inbox.filetypes import TYPES

NAME = "The mail server"
PAGE_MAILS, PAGE_BYTES = 50, 10_000_000
LARGEST_MAIL, HEAD_OF_LARGER = 60_000_000, 1_000_000
SECONDS, SESSION_SECONDS = 20.0, 50.0

# What most servers take as one mail is 25 MB, of which the coding of files eats a quarter.
MOST_FILES, MOST_FILE_BYTES = 20, 18_000_000
CODED, ROOM_FOR_TEXT = 0.72, 200_000
CAPABILITIES = Capabilities(
    private=True,
    has_subject=True,
    attachments=True,
    icon="mail",
    label="E-mail",
    triage_channel="email",
    private_word="E-mail",
)


def describe_abilities(config: dict[str, Any]) -> Capabilities:
    """Return what this mailbox can do: its signature, and files as large as its server takes."""
    size = config.get("mail_size")
    most = MOST_FILE_BYTES
    if isinstance(size, int) and size > 0:
        most = min(most, int(size * CODED) - ROOM_FOR_TEXT)
    rules = FileRules()
    if most > 0:
        rules = FileRules(MOST_FILES, (FileKind(tuple(TYPES), most),), most_together=most)
    return replace(CAPABILITIES, private_files=rules, signature=str(config.get("signature") or ""))


@dataclass(frozen=True)
class Server:
    """Where to connect and how: `security` is "tls", "starttls" or "none" (loopback only)."""

    host: str
    port: int
    security: str


@dataclass(frozen=True)
class Mailbox:
    """The settings of one mailbox, read from an account. `auth` is "password", "microsoft" or "google"."""

    address: str
    username: str
    imap: Server
    smtp: Server
    auth: str
    folder: str
    sent_folder: str
    from_name: str
    signature: str
    plus_addresses: bool
    files_sent: bool  # the server puts what is sent into the Sent folder by itself
    from_now: bool

    @property
    def domain(self) -> str:
        """Return what stands behind the @ of our own address."""
        return self.address.rpartition("@")[2].lower() or "localhost"


def read_mailbox(access: AccountAccess) -> Mailbox:
    """Return the account's settings. Raises AuthRevoked when one is missing: a person must set it."""
    given = {name: str(value).strip() for name, value in access.config.items() if value is not None}
    usual = USUAL_HOSTS.get(given.get("auth", ""), ("", ""))
    imap = _read_server(given, "imap", 993, usual[0])
    smtp = _read_server(given, "smtp", 587, usual[1])
    filed = given.get("files_sent", "auto")
    return Mailbox(
        address=access.address.strip(),
        username=given.get("username") or access.address.strip(),
        imap=imap,
        smtp=smtp,
        auth=given.get("auth") or "password",
        folder=given.get("folder") or "INBOX",
        sent_folder=given.get("sent_folder", ""),
        from_name=given.get("from_name", ""),
        signature=given.get("signature", ""),
        plus_addresses=given.get("plus_addresses", "") in {"yes", "True", "true"},
        files_sent=filed == "yes" or (filed == "auto" and _files_by_itself(smtp.host)),
        from_now=given.get("start") == "now",
    )


def _read_server(given: dict[str, str], kind: str, usual_port: int, usual_host: str) -> Server:
    host = given.get(f"{kind}_host") or usual_host
    port = given.get(f"{kind}_port") or str(usual_port)
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise AuthRevoked(f"The {kind.upper()} server of this mailbox is not set.", code="settings")
    usual = {993: "tls", 465: "tls"}.get(int(port), "starttls")
    return Server(host, int(port), given.get(f"{kind}_security") or usual)


def _files_by_itself(host: str) -> bool:
    """Microsoft 365 and Google file what is sent through them (contract 6.6)."""
    return host.lower().endswith((".office365.com", ".outlook.com", ".gmail.com", ".googlemail.com"))


USUAL_HOSTS = {
    "microsoft": ("outlook.office365.com", "smtp.office365.com"),
    "google": ("imap.gmail.com", "smtp.gmail.com"),
}
SECURITY = (
    ("", "As usual for the port"),
    ("tls", "TLS"),
    ("starttls", "STARTTLS"),
    ("none", "None (this machine only)"),
)

SETUP = Setup(
    title="Connect a mailbox",
    steps=(
        "Ask your mail administrator for a mailbox of the desk's own, with IMAP and SMTP switched on.",
        "For Microsoft 365 they register an application in Entra ID and send you its ID, a secret and the "
        "tenant. Where a person signs in, the application needs IMAP.AccessAsUser.All and SMTP.Send. Where "
        "the application signs in by itself, it needs IMAP.AccessAsApp and SMTP.SendAsApp with the consent "
        "of an administrator, and access to this one mailbox (New-ServicePrincipal with the object ID of "
        "the enterprise application, then Add-MailboxPermission).",
        "For Google they make an OAuth client of the kind web application and send you its ID and secret; "
        "its consent screen must be published, for in testing each sign-in ends after 7 days. Or they make "
        "a service account with domain-wide delegation of https://mail.google.com/ and send its key file.",
        "Type the servers and the sign-in below. Where a person signs in, the next page leads to the "
        "provider and back. The test reads nothing and sends nothing.",
    ),
    fields=(
        SetupField("address", "Address of the mailbox", help="What the public writes to."),
        SetupField(
            "auth",
            "Sign-in",
            kind="choice",
            choices=(("password", "Password"), ("microsoft", "Microsoft 365"), ("google", "Google")),
            initial="password",
        ),
        SetupField("username", "User name", help="Left empty, it is the address.", required=False),
        SetupField("password", "Password", secret=True, required=False, when="auth=password"),
        SetupField(
            "grant",
            "Who signs in",
            kind="choice",
            choices=(
                ("consent", "A person, as the mailbox, on the provider's page"),
                ("application", "The application by itself (for Google: a service account)"),
            ),
            initial="consent",
            when="auth=microsoft|google",
        ),
        SetupField("tenant", "Tenant", help="Its ID or domain.", required=False, when="auth=microsoft"),
        SetupField("client_id", "Application ID", required=False, when="auth=microsoft|google"),
        SetupField(
            "client_secret", "Application secret", secret=True, required=False, when="auth=microsoft|google"
        ),
        SetupField(
            "service_account",
            "Key file of the service account",
            help="The whole JSON file, where a service account signs in.",
            secret=True,
            required=False,
            kind="lines",
            when="auth=google",
        ),
        SetupField("refresh_token", "Refresh token", secret=True, required=False, hidden=True),
        SetupField("access_token", "Access token", secret=True, required=False, hidden=True),
        SetupField("expires_at", "When the access token ends", secret=True, required=False, hidden=True),
        SetupField(
            "imap_host",
            "Server for reading (IMAP)",
            help="Left empty, Microsoft's or Google's.",
            required=False,
        ),
        SetupField("imap_port", "Port for reading", kind="number", initial="993"),
        SetupField("imap_security", "Security for reading", kind="choice", choices=SECURITY, required=False),
        SetupField("smtp_host", "Server for sending (SMTP)", help="Left empty, the same.", required=False),
        SetupField("smtp_port", "Port for sending", kind="number", initial="587"),
        SetupField("smtp_security", "Security for sending", kind="choice", choices=SECURITY, required=False),
        SetupField("folder", "Folder to collect from", initial="INBOX", required=False),
        SetupField(
            "sent_folder", "Folder of sent mail", help="Left empty, the server is asked.", required=False
        ),
        SetupField(
            "files_sent",
            "The server files sent mail by itself",
            kind="choice",
            choices=(("auto", "As usual for the server"), ("yes", "Yes"), ("no", "No, the desk does")),
            initial="auto",
        ),
        SetupField("from_name", "Name that the public sees", required=False, free=True),
        SetupField(
            "signature",
            "Lines under every reply",
            help="Who answers, and how to ring. Operators see them above the send button.",
            kind="lines",
            required=False,
            free=True,
        ),
        SetupField(
            "plus_addresses",
            "Mail to name+anything@ reaches this mailbox",
            help="Answers then find their conversation even when a mail program loses the thread. Switch it "
            "on only when your mail administrator says so: otherwise answers would bounce.",
            kind="flag",
            required=False,
        ),
        SetupField(
            "start",
            "Begin with",
            kind="choice",
            choices=(("all", "All mail in the folder"), ("now", "Mail that arrives from now on")),
            initial="all",
        ),
    ),
)
