"""The parts of a mail as IMAP numbers and describes them: BODY[…], BODYSTRUCTURE and ENVELOPE."""

from email.message import Message
from email.policy import SMTP
from email.utils import collapse_rfc2231_value, getaddresses

from sandbox.mail.parsing import parse
from sandbox.mail.wire import string

DEPTH = 50


def section(raw: bytes, name: str) -> bytes:
    """The bytes of BODY[name]: "", "HEADER", "HEADER.FIELDS (A B)", "TEXT", "1.2", "1.MIME" and so on."""
    numbers, _, what = _split(name)
    if not numbers:
        return _of_message(raw, what)
    part = _part(parse(raw), numbers)
    if part is None:
        return b""
    return _of_part(part, what)


def _split(name: str) -> tuple[list[int], str, str]:
    steps = name.split(".")
    numbers = []
    while steps and steps[0].isdigit():
        numbers.append(int(steps.pop(0)))
    return numbers, ".", ".".join(steps)


def _of_message(raw: bytes, what: str) -> bytes:
    head, gap, body = raw.partition(b"\r\n\r\n")
    key = what.upper()
    if not key:
        return raw
    if key == "TEXT":
        return body
    if key.startswith("HEADER.FIELDS"):
        return _fields(head, what)
    return head + gap


def _of_part(part: Message, what: str) -> bytes:
    key = what.upper()
    if key == "MIME":
        return _head(part)
    if part.get_content_type() == "message/rfc822" and key:
        return _of_message(_body(part), what)
    return _body(part)


def _fields(head: bytes, what: str) -> bytes:
    listed, _, names = what.partition("(")
    wanted = {name.strip().strip('"').lower() for name in names.rstrip(") ").split()}
    exclude = listed.strip().upper().endswith(".NOT")
    kept, keeping = [], False
    for line in head.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            keeping = (
                line.partition(b":")[0].strip().decode("ascii", "replace").lower() in wanted
            ) is not exclude
        if keeping:
            kept.append(line)
    return b"\r\n".join([*kept, b"", b""])


def _part(message: Message, numbers: list[int]) -> Message | None:
    part = message
    for number in numbers:
        if part.get_content_type() == "message/rfc822":
            part = _children(part)[0]
        children = _children(part) if part.get_content_maintype() == "multipart" else [part]
        if number < 1 or number > len(children):
            return None
        part = children[number - 1]
    return part


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _head(part: Message) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in part.items())
    return lines.encode("utf-8", "surrogateescape") + b"\r\n"


def _body(part: Message) -> bytes:
    """A part's body still in its transfer encoding, as it came."""
    if part.is_multipart():
        whole = part.as_bytes(policy=SMTP)
        return whole.partition(b"\r\n\r\n")[2]
    text = str(part.get_payload())
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def envelope(message: Message) -> bytes:
    """ENVELOPE (RFC 3501 section 7.4.2)."""
    sender = _addresses(message, "From")
    items = [
        string(_value(message, "Date")),
        string(_value(message, "Subject")),
        sender,
        _addresses(message, "Sender") if message.get("Sender") else sender,
        _addresses(message, "Reply-To") if message.get("Reply-To") else sender,
        _addresses(message, "To"),
        _addresses(message, "Cc"),
        _addresses(message, "Bcc"),
        string(_value(message, "In-Reply-To")),
        string(_value(message, "Message-ID")),
    ]
    return b"(" + b" ".join(items) + b")"


def _value(message: Message, name: str) -> str | None:
    value = message.get(name)
    return None if value is None else " ".join(str(value).split())


def _addresses(message: Message, name: str) -> bytes:
    values = [" ".join(str(value).split()) for value in message.get_all(name, [])]
    listed = []
    for who, address in getaddresses(values):
        local, _, domain = address.rpartition("@")
        listed.append(b"(" + b" ".join([string(who or None), b"NIL", string(local), string(domain)]) + b")")
    return b"(" + b"".join(listed) + b")" if listed else b"NIL"


def bodystructure(part: Message, depth: int = 0) -> bytes:
    """BODYSTRUCTURE; what is nested deeper than DEPTH is described as one plain file."""
    if part.get_content_maintype() == "multipart" and _children(part) and depth < DEPTH:
        inner = b"".join(bodystructure(child, depth + 1) for child in _children(part))
        tail = [_params(part, "content-type"), _disposition(part), b"NIL", b"NIL"]
        return (
            b"(" + inner + b" " + string(part.get_content_subtype().upper()) + b" " + b" ".join(tail) + b")"
        )
    return b"(" + b" ".join(_leaf(part, depth)) + b")"


def _leaf(part: Message, depth: int) -> list[bytes]:
    deep = part.get_content_maintype() == "multipart"
    main, sub = ("application", "octet-stream") if deep else part.get_content_type().split("/", 1)
    body = b"" if deep else _body(part)
    items = [
        string(main.upper()),
        string(sub.upper()),
        _params(part, "content-type"),
        string(_value(part, "Content-ID")),
        string(_value(part, "Content-Description")),
        string((_value(part, "Content-Transfer-Encoding") or "7BIT").upper()),
        b"%d" % len(body),
    ]
    lines = b"%d" % body.count(b"\n")
    if main == "text":
        items.append(lines)
    elif (main, sub) == ("message", "rfc822") and _children(part) and depth < DEPTH:
        inner = _children(part)[0]
        items += [envelope(inner), bodystructure(inner, depth + 1), lines]
    return [*items, b"NIL", _disposition(part), b"NIL", b"NIL"]


def _params(part: Message, header: str) -> bytes:
    found = part.get_params(header=header) or []
    pairs = [b"%s %s" % (string(name.upper()), string(_plain(value))) for name, value in found[1:]]
    return b"(" + b" ".join(pairs) + b")" if pairs else b"NIL"


def _plain(value: str | tuple[str | None, str | None, str]) -> str:
    return value if isinstance(value, str) else collapse_rfc2231_value(value)


def _disposition(part: Message) -> bytes:
    kind = part.get_content_disposition()
    if kind is None:
        return b"NIL"
    return b"(" + string(kind.upper()) + b" " + _params(part, "content-disposition") + b")"
