"""Names of folders on the wire: modified UTF-7 (RFC 3501 section 5.1.3)."""

import base64
import re

from sandbox.mail.wire import string


def encode_folder(name: str) -> bytes:
    """A folder's name in modified UTF-7 (RFC 3501 section 5.1.3), quoted."""
    return string(re.sub(r"[^\x20-\x7e]+|&", _shift_in, name))


def _shift_in(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    coded = base64.b64encode(found[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
    return f"&{coded.decode()}-"


def decode_folder(name: str) -> str:
    """The name behind modified UTF-7; a name that is not in it is taken as it stands."""
    try:
        return re.sub(r"&([A-Za-z0-9+,]*)-", _shift_out, name)
    except (ValueError, UnicodeDecodeError):
        return name


def _shift_out(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    coded = found[1].replace(",", "/")
    return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
