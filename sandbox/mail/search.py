"""SEARCH: criteria into a test of one message (RFC 3501 section 6.4.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sandbox.mail.candidate import Candidate
from sandbox.mail.wire import BadCommand, Word, numbers

Test = Callable[[Candidate], bool]


@dataclass(frozen=True)
class Query:
    """`low` and `high` bound the UIDs, `message_id` is the only one asked for: both spare a full scan."""

    test: Test
    low: int = 0
    high: int = 2**32
    message_id: str = ""


FLAGS = {
    "ANSWERED": "\\Answered",
    "DELETED": "\\Deleted",
    "DRAFT": "\\Draft",
    "FLAGGED": "\\Flagged",
    "SEEN": "\\Seen",
}


def query(words: list[Word], *, highest_uid: int, count: int) -> Query:
    """BadCommand: an unknown key or a missing argument. `count` is what `*` means for sequence numbers."""
    reader = _Criteria(words, highest_uid, count)
    test = reader.all()
    return Query(test, reader.low, reader.high, reader.message_id)


class _Criteria:
    def __init__(self, words: list[Word], highest_uid: int, count: int) -> None:
        self._words = list(words)
        self._highest_uid, self._count = highest_uid, count
        self._depth = 0
        self.low, self.high, self.message_id = 0, 2**32, ""

    def all(self) -> Test:
        tests = []
        while self._words:
            tests.append(self._one())
        return lambda mail: all(test(mail) for test in tests)

    def _one(self) -> Test:
        word = self._next()
        if isinstance(word, list):
            return self._nested(word)
        key = word.decode("ascii", "replace").upper()
        if key[:1].isdigit() or key[:1] == "*":
            ranges = numbers(key, self._count)
            return lambda mail: any(mail.number in span for span in ranges)
        if key in ("NOT", "OR"):
            return self._joined(key)
        for family in (self._of_flags, self._of_text, self._of_time, self._of_numbers):
            test = family(key)
            if test is not None:
                return test
        raise BadCommand(f"Unknown search key {key}")

    def _nested(self, words: list[Word]) -> Test:
        return query(words, highest_uid=self._highest_uid, count=self._count).test

    def _joined(self, key: str) -> Test:
        self._depth += 1
        first = self._one()
        second = self._one() if key == "OR" else None
        self._depth -= 1
        if second is None:
            return lambda mail: not first(mail)
        return lambda mail: first(mail) or second(mail)

    def _of_flags(self, key: str) -> Test | None:
        if key in FLAGS:
            return lambda mail: FLAGS[key] in mail.mail.flags
        if key.startswith("UN") and key[2:] in FLAGS:
            return lambda mail: FLAGS[key[2:]] not in mail.mail.flags
        if key in ("KEYWORD", "UNKEYWORD"):
            wanted, has = self._text(), key == "KEYWORD"
            return lambda mail: (wanted in mail.mail.flags) is has
        if key in ("ALL", "OLD"):
            return lambda _: True
        if key in ("NEW", "RECENT"):
            return lambda _: False  # \Recent is never kept here, as rev2 of the protocol no longer does
        return None

    def _of_text(self, key: str) -> Test | None:
        if key in ("FROM", "TO", "CC", "BCC", "SUBJECT"):
            wanted = self._text().lower()
            return lambda mail: wanted in (mail.header(key) or "")
        if key == "HEADER":
            return self._header(self._text(), self._text())
        if key == "BODY":
            wanted = self._text().lower()
            return lambda mail: wanted in mail.body
        if key == "TEXT":
            wanted = self._text().lower()
            return lambda mail: wanted in mail.body or wanted.encode() in mail.raw.lower()
        return None

    def _header(self, name: str, wanted: str) -> Test:
        if name.lower() == "message-id" and wanted.startswith("<") and not self._depth:
            self.message_id = wanted
            return lambda mail: mail.mail.message_id == wanted

        def test(mail: Candidate) -> bool:
            value = mail.header(name)
            return value is not None and wanted.lower() in value

        return test

    def _of_time(self, key: str) -> Test | None:
        compare: dict[str, Callable[[date, date], bool]] = {
            "BEFORE": lambda at, day: at < day,
            "ON": lambda at, day: at == day,
            "SINCE": lambda at, day: at >= day,
        }
        plain = key.removeprefix("SENT")
        if plain not in compare:
            return None
        day, holds = _day(self._text()), compare[plain]
        if key == plain:
            return lambda mail: holds(mail.mail.at.date(), day)
        return lambda mail: holds(mail.sent, day)

    def _of_numbers(self, key: str) -> Test | None:
        if key == "UID":
            return self._uid(numbers(self._text(), self._highest_uid))
        if key in ("LARGER", "SMALLER"):
            text = self._text()
            if not text.isdigit():
                raise BadCommand("Bad size")
            size = int(text)
            return lambda mail: mail.mail.size > size if key == "LARGER" else mail.mail.size < size
        return None

    def _uid(self, ranges: list[range]) -> Test:
        if not self._depth:
            self.low = max(self.low, min(span.start for span in ranges))
            self.high = min(self.high, max(span.stop - 1 for span in ranges))
        return lambda mail: any(mail.mail.uid in span for span in ranges)

    def _next(self) -> Word:
        if not self._words:
            raise BadCommand("Missing argument")
        return self._words.pop(0)

    def _text(self) -> str:
        word = self._next()
        if isinstance(word, list):
            raise BadCommand("Unexpected list")
        return word.decode("utf-8", "replace")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%d-%b-%Y").date()  # noqa: DTZ007  a day without a zone is what IMAP sends
    except ValueError as error:
        raise BadCommand("Bad date") from error
