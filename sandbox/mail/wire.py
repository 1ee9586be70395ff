"""The words of IMAP on the wire: reading commands with literals, writing strings (RFC 3501 section 4)."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import TypeAlias

LITERAL_LIMIT = 60 * 1024 * 1024
LINE_LIMIT = 1024 * 1024
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_ATOM_END = frozenset(b' ()"\r\n{')

Word: TypeAlias = "bytes | Quoted | list[Word]"


class BadCommand(Exception):
    """The client wrote something that is no IMAP; the text goes back to it."""


class Quoted(bytes):
    """A quoted string or a literal: the same bytes as an atom, but never a keyword."""


@dataclass
class Command:
    tag: str
    name: str
    words: list[Word] = field(default_factory=list)

    def text(self, index: int) -> str:
        """The word at `index` as text. BadCommand: it is missing, or a list."""
        if index >= len(self.words) or isinstance(self.words[index], list):
            raise BadCommand("Missing argument")
        word = self.words[index]
        assert isinstance(word, bytes)  # noqa: S101  lists were turned away above
        return word.decode("utf-8", "surrogateescape")


async def read_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[bytes, list[bytes]]:
    """One command: its line with {n} left in place, and the literals in order.

    An empty line means that the client has gone. BadCommand: more than the limits allow.
    """
    line = b""
    literals: list[bytes] = []
    while True:
        part = await _line(reader)
        if not part:
            return b"", []
        found = _LITERAL.search(part)
        line += part
        if found is None:
            return line, literals
        size = int(found[1])
        if size > LITERAL_LIMIT:
            raise BadCommand("Literal too large")
        if not found[2]:
            writer.write(b"+ Ready for literal\r\n")
            await writer.drain()
        literals.append(await reader.readexactly(size))


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        part = await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError:
        return b""
    except asyncio.LimitOverrunError as error:
        raise BadCommand("Line too long") from error
    return part.rstrip(b"\r\n") or b" "


def parse(line: bytes, literals: list[bytes]) -> Command:
    """BadCommand: no tag, no command, or brackets that do not close."""
    tag, _, rest = line.partition(b" ")
    if not tag.strip() or not rest.strip():
        raise BadCommand("Say a tag and a command")
    words = Words(rest, literals).all()
    if not words or isinstance(words[0], list):
        raise BadCommand("Say a command")
    name = words[0].decode("ascii", "replace").upper()
    return Command(tag.decode("ascii", "replace"), name, words[1:])


class Words:
    """A cursor over the text of one command."""

    def __init__(self, text: bytes, literals: list[bytes]) -> None:
        self._text, self._at = text, 0
        self._literals = iter(literals)

    def all(self) -> list[Word]:
        words = self._until(closing=False)
        if self._at < len(self._text):
            raise BadCommand("A bracket closes that was never opened")
        return words

    def _until(self, *, closing: bool) -> list[Word]:
        open_lists: list[list[Word]] = [[]]
        while self._at < len(self._text):
            sign = self._text[self._at : self._at + 1]
            if sign == b")":
                if len(open_lists) == 1:
                    return open_lists[0]
                self._at += 1
                done = open_lists.pop()
                open_lists[-1].append(done)
            elif sign == b"(":
                self._at += 1
                open_lists.append([])
            elif sign.isspace():
                self._at += 1
            else:
                open_lists[-1].append(self._word(sign))
        if len(open_lists) > 1 or closing:
            raise BadCommand("A bracket is not closed")
        return open_lists[0]

    def _word(self, sign: bytes) -> Word:
        if sign == b'"':
            return self._quoted()
        if sign == b"{":
            self._at = self._text.index(b"}", self._at) + 1
            return Quoted(next(self._literals, b""))
        return self._atom()

    def _quoted(self) -> Quoted:
        found = re.compile(rb'"((?:[^"\\]|\\.)*)"').match(self._text, self._at)
        if found is None:
            raise BadCommand("A quotation is not closed")
        self._at = found.end()
        return Quoted(re.sub(rb"\\(.)", rb"\1", found[1]))

    def _atom(self) -> bytes:
        """An atom; what stands between [ and ] belongs to it, as in BODY[HEADER.FIELDS (SUBJECT)]."""
        start, depth = self._at, 0
        while self._at < len(self._text):
            byte = self._text[self._at]
            depth += (byte == 0x5B) - (byte == 0x5D)
            if depth <= 0 and byte in _ATOM_END:
                break
            self._at += 1
        if self._at == start:
            raise BadCommand("Unexpected character")
        return self._text[start : self._at]


def string(value: str | bytes | None) -> bytes:
    """A value as NIL, a quoted string, or a literal where quoting cannot carry it."""
    if value is None:
        return b"NIL"
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    if len(data) > 500 or any(byte in b'\r\n\0"\\' or byte > 0x7E for byte in data):
        return b"{%d}\r\n%s" % (len(data), data)
    return b'"' + data + b'"'


def numbers(text: str, highest: int) -> list[range]:
    """A sequence set ("1,3:5,7:*") as ranges; `*` is `highest`, so "9:*" is never empty (section 9)."""
    ranges = []
    for part in text.split(","):
        first, colon, last = part.partition(":")
        low = _number(first, highest)
        high = _number(last, highest) if colon else low
        ranges.append(range(min(low, high), max(low, high) + 1))
    return ranges


def _number(text: str, highest: int) -> int:
    if text == "*":
        return highest
    if not text.isdigit() or len(text) > 10:
        raise BadCommand("Bad sequence set")
    return int(text)
