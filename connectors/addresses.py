"""Which network addresses the desk may call: never an inner one by way of a stranger's link."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings


class AddressRefused(OSError):
    """The name leads to an address that the desk does not call; no connection was made."""


def is_own_sandbox(host: str, port: int | None) -> bool:
    """Say whether this is the stand-in for the outside world of the demo and the tests."""
    sandbox = urlsplit(settings.SANDBOX_URL)
    return bool(settings.OUTBOUND_LOOPBACK and sandbox.hostname == host and sandbox.port == port)


def is_trusted(host: str) -> bool:
    """Say whether operations named this host as one of their own that may have an inner address."""
    return host.lower() in {name.lower() for name in settings.OUTBOUND_PRIVATE_HOSTS}


def resolve_checked(host: str, port: int) -> str:
    """Return one address to connect to, checked; the caller connects to it and not to the name.

    Raises AddressRefused when any of the name's addresses is not a public one, socket.gaierror when there
    is none. Connecting to the checked address leaves no room for a name that changes in between.
    """
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if is_own_sandbox(host, port) or is_trusted(host):
        return found[0]
    for text in found:
        if not is_public(text):
            raise AddressRefused(f"{host} leads to an address inside a private network.")
    return found[0]


def is_public(text: str) -> bool:
    """Say whether an address belongs to the public internet (mapped and tunnelled ones are unwrapped)."""
    address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast
