"""Tell what was written now from what a mail carries along: quoted mail and signatures, folded, never lost.

Nothing is folded when nothing would remain, when the answer stands between the quoted lines, or when a mail
is passed on: what is passed on is the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email import quote_words as words

LONGEST_SIGNATURE = 12
_WRAPPED_AT = 60


@dataclass(frozen=True)
class Split:
    """The two halves of a mail's text; no line of it is in neither."""

    reply: str
    quoted: str = ""


def split_reply(text: str) -> Split:
    """Return what was written now and what was carried along."""
    lines = text.split("\n")
    cut = _find_quote(lines)
    own, rest = lines[:cut], lines[cut:]
    if rest and not _says(own):
        return _split_below(lines, cut, text)
    if _answers_between(rest):
        return Split(text)
    signature = _find_signature(own)
    reply = "\n".join(own[:signature]).strip("\n")
    if not reply.strip():
        return Split(text)
    return Split(reply, "\n".join([*own[signature:], *rest]).strip("\n"))


def _find_quote(lines: Sequence[str]) -> int:
    """Return the line at which the carried-along text begins, or the number of lines."""
    tail = _start_of_quoted_tail(lines)
    for number, line in enumerate(lines):
        if words.FORWARDED.match(line):
            return len(lines)
        if line.startswith(">") and number >= tail:
            return number
        if words.ORIGINAL.match(line) or words.ABOVE.match(line):
            return number
        if _is_lead(lines, number) or _is_head(lines, number):
            return number
    return len(lines)


def _start_of_quoted_tail(lines: Sequence[str]) -> int:
    """Return the line from which on nothing stands but quoted lines and empty ones."""
    start = len(lines)
    while start and (_is_quoted(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    return start


def _is_lead(lines: Sequence[str], number: int) -> bool:
    """Whether here begins a line such as `On … wrote:`, which mail programs wrap over up to four."""
    line = lines[number]
    if len(line) > 400:
        return False
    if words.LEAD.match(line):
        return True
    if not words.STARTS_LEAD.match(line):
        return False
    joined = line.rstrip()
    for following in lines[number + 1 : number + 4]:
        if not following.strip():
            return False
        joined = f"{joined} {following.strip()}"
        if len(joined) < 500 and words.LEAD.match(joined.replace(" >:", ">:")):
            return True
    return False


def _is_head(lines: Sequence[str], number: int) -> bool:
    """Whether here begins a block of fields (From, Sent, To, Subject), perhaps below a rule."""
    start = number
    if words.RULE.match(lines[number]):
        start = next(
            (at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].strip()), number
        )
    first = words.FIELD.match(lines[start])
    if not first or first[1].lower() not in words.FROM or not first[2].strip():
        return False
    names = {match[1].lower() for line in lines[start : start + 8] if (match := words.FIELD.match(line))}
    return len(names) >= 3


def _answers_between(rest: Sequence[str]) -> bool:
    """Whether somebody wrote between the quoted lines, or below them."""
    quoted = [number for number, line in enumerate(rest) if _is_quoted(line)]
    if not quoted or quoted[0] > 6:
        return False
    for number in range(quoted[0], len(rest)):
        line = rest[number]
        if number > quoted[-1] and (words.MARK.match(line) or words.SENT_FROM.match(line)):
            return False
        if line.strip() and not _is_quoted(line) and not _is_wrapped(rest, number):
            return True
    return False


def _is_wrapped(rest: Sequence[str], number: int) -> bool:
    """Whether a line is the torn-off end of a long quoted line above it."""
    before, after = rest[number - 1], rest[number + 1 : number + 2]
    return _is_quoted(before) and len(before) >= _WRAPPED_AT and bool(after) and _is_quoted(after[0])


def _split_below(lines: Sequence[str], cut: int, text: str) -> Split:
    """The quoted mail stands on top: the answer is what stands below it, when that is one piece."""
    quoted = [number for number in range(cut, len(lines)) if _is_quoted(lines[number])]
    if not quoted:
        return Split(text)
    gaps = [line for line in lines[quoted[0] : quoted[-1]] if line.strip() and not _is_quoted(line)]
    below = lines[quoted[-1] + 1 :]
    signature = _find_signature(below)
    reply = "\n".join(below[:signature]).strip("\n")
    if gaps or not reply.strip():
        return Split(text)
    above = "\n".join(lines[: quoted[-1] + 1]).strip("\n")
    return Split(reply, "\n".join([above, *below[signature:]]).strip("\n"))


def _find_signature(lines: Sequence[str]) -> int:
    """Return the line at which a signature begins: after its mark, and never the first thing said."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if words.MARK.match(line) and len(lines) - number <= LONGEST_SIGNATURE:
            return number
        if words.SENT_FROM.match(line) and words.DEVICE.search(line):
            return number
    return len(lines)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _says(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)
