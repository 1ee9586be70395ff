"""OAuth 1.0a: the HMAC-SHA1 signature of a request (RFC 5849 section 3.4), verified."""

import base64
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote

from sandbox.serving.call import Call

_FIELD = re.compile(r'(\w+)="([^"]*)"')
_HOSTS = ("https://api.twitter.com", "https://api.x.com")
_PATIENCE_SECONDS = 600


def fields(header: str) -> dict[str, str]:
    """The oauth_ fields of an Authorization header, unquoted."""
    return {name: unquote(value) for name, value in _FIELD.findall(header)}


def genuine(call: Call, given: dict[str, str], consumer_secret: str, token_secret: str) -> bool:
    """Whether the signature is that of this request.

    Clients sign for X's own address and only then are pointed here, so each address is tried.
    """
    try:
        told = int(given.get("oauth_timestamp", ""))
    except ValueError:
        return False
    if given.get("oauth_signature_method") != "HMAC-SHA1" or abs(time.time() - told) > _PATIENCE_SECONDS:
        return False
    key = f"{_quoted(consumer_secret)}&{_quoted(token_secret)}".encode()
    path = "/" + call.url.partition("://")[2].partition("/")[2]
    addresses = [*(host + path for host in _HOSTS), call.url]
    made = [_sign(key, call, address, given) for address in addresses]
    claimed = given.get("oauth_signature", "")
    return any([hmac.compare_digest(signature.encode(), claimed.encode()) for signature in made])


def _sign(key: bytes, call: Call, address: str, given: dict[str, str]) -> str:
    signed = [(name, value) for name, value in given.items() if name not in ("oauth_signature", "realm")]
    pairs = sorted((_quoted(name), _quoted(value)) for name, value in [*call.pairs, *signed])
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((call.method.upper(), _quoted(address), _quoted(parameters)))
    return base64.b64encode(hmac.new(key, base.encode(), hashlib.sha1).digest()).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~", errors="surrogatepass")
