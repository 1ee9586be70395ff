"""The ports of a demo: two are chosen, the sandbox's mail ports follow from its own."""

import os
from dataclasses import dataclass

from desk.local.process import is_port_taken


class PortTaken(RuntimeError):
    """Something else listens on a port that we need."""


@dataclass(frozen=True)
class Ports:
    """Where everything listens on 127.0.0.1."""

    desk: int
    sandbox: int
    imap: int
    smtp: int


def read_ports() -> Ports:
    """Read DESK_PORT (8000) and SANDBOX_PORT (8100). Raises PortTaken when one makes no sense."""
    desk, sandbox = read_port("DESK_PORT", 8000), read_port("SANDBOX_PORT", 8100)
    return Ports(
        desk=desk,
        sandbox=sandbox,
        imap=read_port("SANDBOX_IMAP_PORT", sandbox + 43),
        smtp=read_port("SANDBOX_SMTP_PORT", sandbox + 25),
    )


def read_port(name: str, default: int) -> int:
    """Read one port number."""
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or not 1 <= int(value) <= 65_535:
        raise PortTaken(f"{name} must be a port between 1 and 65535, not {value!r}.")
    return int(value)


def check_free(ports: Ports) -> None:
    """Raise PortTaken, naming the setting that moves it, when one is in use."""
    for name, port in (
        ("DESK_PORT", ports.desk),
        ("SANDBOX_PORT", ports.sandbox),
        ("SANDBOX_IMAP_PORT", ports.imap),
        ("SANDBOX_SMTP_PORT", ports.smtp),
    ):
        if is_port_taken(port):
            raise PortTaken(
                f"Port {port} is taken by another program. Stop that program, or choose another port: "
                f"{name}={port + 1000} make run"
            )
