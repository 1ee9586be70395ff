"""Tell what was written now from what a mail carries along: quoted mail and signatures, folded, never lost.

Nothing is folded when nothing would remain, or when a mail is passed on: what is passed on is the message.
Where the answer stands between the quoted lines, these stay, and only what follows the last answer is folded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email import quote_words as words
from connectors.email.leads import is_head, is_lead
from connectors.email.signatures import find_signature, is_added

_WRAPPED_AT = 60
LONGEST_MARKER = 600
MOST_LINES = 5_000  # further down nothing is sought: nobody writes so much by hand


@dataclass(frozen=True)
class Split:
    """The two halves of a mail's text; no line of it is in neither.

    `doubtful` says that some of what is folded is marked by nothing: below a telephone's line, without a sign
    that it is another's.
    """

    reply: str
    quoted: str = ""
    doubtful: bool = False


def split_reply(text: str, *, passed_on: bool = False) -> Split:
    """Return what was written now and what was carried along; of a mail that is `passed_on`, all is now."""
    if passed_on:
        return Split(text)
    lines = text.split("\n")
    cut = _find_quote(lines)
    own, rest = lines[:cut], lines[cut:]
    if rest and not _says(own):
        return _split_below(lines, cut, text)
    if _answers_between(rest):
        return _split_between(lines, text)
    signature = find_signature(own)
    doubtful = (
        not rest and signature < len(own) and is_added(own[signature]) and _goes_on(own[signature + 1 :])
    )
    return _make_split([own[:signature]], [own[signature:], rest], text, doubtful=doubtful)


def is_passed_on(subject: str) -> bool:
    """Say whether a subject marks a mail as passed on (`FW:`), rather than answered."""
    return bool(words.PASSED_ON.match(subject))


def _find_quote(lines: Sequence[str]) -> int:
    """Return the line at which the carried-along text begins, or the number of lines."""
    tail = _start_of_quoted_tail(lines)
    for number, line in enumerate(lines[:MOST_LINES]):
        if not line.strip():
            continue
        if line.startswith(">") and number >= tail:
            return number
        if len(line) > LONGEST_MARKER:
            continue
        if words.FORWARDED.match(line):
            return len(lines)
        if words.ORIGINAL.match(line) or words.ABOVE.match(line):
            return number
        if is_lead(lines, number) or is_head(lines, number):
            return number
    return len(lines)


def _start_of_quoted_tail(lines: Sequence[str]) -> int:
    """Return the line from which on nothing stands but quoted lines and empty ones."""
    start = len(lines)
    while start and (_is_quoted(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    return start


def _answers_between(rest: Sequence[str]) -> bool:
    """Whether somebody wrote between the quoted lines, or below them."""
    quoted = [number for number, line in enumerate(rest) if _is_quoted(line)]
    if not quoted or quoted[0] > 6:
        return False
    between = any(
        line.strip() and not _is_quoted(line) and not _is_wrapped(rest, number)
        for number, line in enumerate(rest[: quoted[-1]])
        if number > quoted[0]
    )
    below = rest[quoted[-1] + 1 :]
    return between or _says(below[: find_signature(below, first=True)])


def _is_wrapped(rest: Sequence[str], number: int) -> bool:
    """Whether a line is the torn-off end of a long quoted line above it."""
    before, after = rest[number - 1], rest[number + 1 : number + 2]
    return _is_quoted(before) and len(before) >= _WRAPPED_AT and bool(after) and _is_quoted(after[0])


def _split_between(lines: Sequence[str], text: str) -> Split:
    """Keep the quoted lines that are answered; fold what stands below the last answer."""
    last = max(number for number, line in enumerate(lines) if _is_quoted(line))
    below = last + 1 + find_signature(lines[last + 1 :], first=True)
    if _says(lines[last + 1 : below]):
        return _make_split([lines[:below]], [lines[below:]], text)
    while last and (_is_quoted(lines[last]) or not lines[last].strip() or _is_wrapped(lines, last)):
        last -= 1
    return _make_split([lines[: last + 1]], [lines[last + 1 :]], text)


def _split_below(lines: Sequence[str], cut: int, text: str) -> Split:
    """The quoted mail stands on top: the answer is what stands below it, when that is one piece."""
    quoted = [number for number in range(cut, len(lines)) if _is_quoted(lines[number])]
    if not quoted:
        return Split(text)
    gaps = [
        number
        for number in range(quoted[0], quoted[-1])
        if lines[number].strip() and not _is_quoted(lines[number]) and not _is_wrapped(lines, number)
    ]
    if gaps:
        return _split_between(lines, text)
    below = lines[quoted[-1] + 1 :]
    signature = find_signature(below)
    return _make_split([below[:signature]], [lines[: quoted[-1] + 1], below[signature:]], text)


def _make_split(
    kept: Sequence[Sequence[str]], folded: Sequence[Sequence[str]], text: str, *, doubtful: bool = False
) -> Split:
    """Return the halves without the empty lines around them; nothing is folded when nothing would remain."""
    reply = "\n".join(line for piece in kept for line in piece).strip("\n")
    if not reply.strip():
        return Split(text)
    return Split(reply, "\n".join(line for piece in folded for line in piece).strip("\n"), doubtful)


def _goes_on(below: Sequence[str]) -> bool:
    """Whether below a telephone's line stands more than other lines of its kind and quoted ones."""
    return any(line.strip() and not _is_quoted(line) and not is_added(line) for line in below)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _says(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)
