"""Turn a mail's bytes into text: character sets, transfer encodings, encoded words (RFC 2045, 2047, 2231).

Nothing here raises: what cannot be decoded keeps U+FFFD where it was broken.
"""

import binascii
import codecs
import re
from urllib.parse import unquote_to_bytes

# What senders call one thing and mean another by.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-sjis": "cp932",
}
# Python's own codecs that no mail speaks, some of them slow on purpose-made input.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
_ENCODED_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]+\?[bBqQ]\?)")


def decode_text(content: bytes, charset: str = "") -> str:
    """Decode bytes by the named character set; an unknown or wrong one is guessed, UTF-8 first."""
    names = [_codec(charset), "utf-8"]
    for name in names:
        if not name:
            continue
        try:
            return content.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode(names[0] or "cp1252", "replace")


def decode_transfer(content: bytes, encoding: str) -> tuple[bytes, bool]:
    """Undo a content transfer encoding; the flag says whether it was whole."""
    match encoding.strip().lower():
        case "base64":
            return _decode_base64(content)
        case "quoted-printable":
            # binascii passes over all up to the next LF behind `=\r`: lines may end with CR alone.
            return binascii.a2b_qp(re.sub(rb"\r(?!\n)", b"\n", content)), True
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return decode_uu(content), True
        case _:
            return content, True


def decode_uu(content: bytes) -> bytes:
    """Decode the lines of a uuencoded file; lines that are none are passed over."""
    out = []
    for line in content.splitlines():
        if line.startswith((b"begin ", b"end", b"`")) or not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                continue
    return b"".join(out)


def decode_header(value: bytes) -> str:
    """Return an unstructured header as one line of text, encoded words decoded wherever they stand."""
    text = decode_text(value)
    if "=?" in text:
        text = decode_words(text)
    return " ".join(text.split())


def decode_words(text: str) -> str:
    """Decode RFC 2047 words; neighbours in one character set are joined first: letters may be split."""
    text = _BETWEEN_WORDS.sub(r"\1", text)
    out: list[str] = []
    position, pending, charset = 0, b"", ""
    for match in _ENCODED_WORD.finditer(text):
        if pending and (match.start() > position or match[1].lower() != charset):
            out.append(decode_text(pending, charset))
            pending = b""
        out.append(text[position : match.start()])
        charset = match[1].lower()
        pending += _word_bytes(match[2], match[3])
        position = match.end()
    if pending:
        out.append(decode_text(pending, charset))
    out.append(text[position:])
    return "".join(out)


def decode_parameter(parameters: dict[str, bytes], name: str) -> str:
    """Return a parameter, whether plain, an encoded word, or in pieces with a character set (RFC 2231)."""
    if name in parameters:
        return decode_header(parameters[name])
    whole = parameters.get(f"{name}*")
    if whole is not None:
        return _decode_extended([(whole, True)])
    pieces: list[tuple[bytes, bool]] = []
    for number in range(1000):
        if f"{name}*{number}*" in parameters:
            pieces.append((parameters[f"{name}*{number}*"], True))
        elif f"{name}*{number}" in parameters:
            pieces.append((parameters[f"{name}*{number}"], False))
        else:
            break
    return _decode_extended(pieces)


def _decode_extended(pieces: list[tuple[bytes, bool]]) -> str:
    charset, out = "", b""
    for number, (piece, extended) in enumerate(pieces):
        content = piece
        if extended and number == 0 and piece.count(b"'") >= 2:
            name, _, content = piece.split(b"'", 2)
            charset = name.decode("ascii", "replace")
        out += unquote_to_bytes(content) if extended else content
    return decode_header(out) if not charset else " ".join(decode_text(out, charset).split())


def _codec(charset: str) -> str:
    named = charset.strip().strip("\"'").lower().split()
    name = named[0] if named else ""
    name = _MEANT.get(name, name)
    if name in {"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "utf8", "utf-8"}:
        return ""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        windows = re.fullmatch(r"(?:windows|win|x-cp|cp)-?(\d{3,4})", name)
        return f"cp{windows[1]}" if windows else ""
    return "" if found.replace("-", "_") in _REFUSED else found


def _word_bytes(encoding: str, text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return _decode_base64(content)[0]
    return binascii.a2b_qp(content, header=True)


def _decode_base64(content: bytes) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(content), True
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4]), False
