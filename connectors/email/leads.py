"""Find the line at which a mail program begins what it carries along: `On … wrote:`, or a block of fields.

Every program words it in its reader's language, so it is known by its build: a moment, an address in brackets
and a colon at the end. Only where one of these is missing does it take a word that means "wrote".
"""

import re
from collections.abc import Sequence

from connectors.email import quote_words as words

LONGEST_LEAD, LONGEST_VERB = 500, 60
MOST_LINES = 4
FIELDS_AHEAD = 9
_ENDS = (":", "：")


def is_lead(lines: Sequence[str], number: int) -> bool:
    """Say whether here begins a line such as `On … wrote:`, which mail programs wrap over up to four."""
    first = _bare(lines[number])
    if not _may_begin(first) and not _is_name_alone(lines, number, first):
        return False
    joined = first
    for count in range(1, MOST_LINES + 1):
        if len(joined) > LONGEST_LEAD:
            return False
        after = lines[number + count : number + count + 6]
        if reads_as_lead(joined, followed_by_quote=_is_quote_next(after)):
            return not _begins_later(lines, number, count)
        if not after or not after[0].strip() or joined[-1:] in {"!", "?"}:
            return False
        joined = f"{joined} {_bare(after[0])}"
    return False


def reads_as_lead(text: str, *, followed_by_quote: bool = False) -> bool:
    """Say whether a line, put together where it was wrapped, is how a program heads the mail it answers."""
    dashed = text[:2] == "--"
    text = text.strip("- ").removesuffix("-----").rstrip()
    ends = text.endswith(_ENDS)
    wrote = words.WROTE.search(text, 0 if ends else max(0, len(text) - LONGEST_VERB))
    if not ends and not wrote:
        return False
    if words.NARRATED.search(text) or words.LABELLED.match(text):
        return False
    moment, enclosed = words.MOMENT.search(text), words.ENCLOSED.search(text)
    addressed = enclosed or words.ADDRESSED.search(text)
    if not ends:
        return bool(wrote and moment and wrote.end() == len(text) and (addressed or dashed))
    if moment and enclosed and min(moment.start(), enclosed.start()) < 80:
        return True
    if not wrote:
        return False
    if addressed or (followed_by_quote and moment):
        return True
    return bool(_opens(text) and words.DAY.search(text) and (words.HOUR.search(text) or "you wrote" in text))


def is_head(lines: Sequence[str], number: int) -> bool:
    """Say whether here begins a block of fields (From, Sent, To, Subject), perhaps below a rule.

    A form that somebody filled in has other fields beside these, and is what its sender wants read.
    """
    start = number
    if words.RULE.match(lines[number]) or words.HEADED.match(lines[number]):
        ahead = range(number + 1, min(number + 4, len(lines)))
        start = next((at for at in ahead if lines[at].strip()), number)
    first = words.FIELD.match(lines[start])
    if not first or not first["from"] or not first["value"].strip():
        return False
    found = set()
    for line in lines[start : start + FIELDS_AHEAD]:
        match = words.FIELD.match(line)
        if match:
            found.add(match.lastgroup if match.lastgroup != "value" else _name_group(match))
        elif len(found) >= 2 and not line.strip():
            continue
        elif _is_other_field(line):
            return False
        elif len(found) >= 3:
            break
    return len(found & {"sent", "to", "subject"}) >= 2


def _is_other_field(line: str) -> bool:
    bare = line.strip("*> \t")
    return len(bare) < 300 and bool(words.LABELLED.match(f"{bare} -")) and "@" not in bare.partition(":")[0]


def _name_group(match: "re.Match[str]") -> str:
    return next(name for name, value in match.groupdict().items() if value and name != "value")


def _bare(line: str) -> str:
    """Return a line without quote marks, emphasis and the invisible signs that order letters."""
    return " ".join(words.INVISIBLE.sub("", line[: LONGEST_LEAD * 2]).lstrip("> \t").strip("*_").split())


def _may_begin(line: str) -> bool:
    if not line or len(line) > LONGEST_LEAD:
        return False
    if _opens(line) or words.MOMENT.search(line[:80]) or words.ENCLOSED.search(line[:120]):
        return True
    return bool(line.endswith(_ENDS) and words.WROTE.search(line))


def _is_name_alone(lines: Sequence[str], number: int, line: str) -> bool:
    """Whether a paragraph begins with a name whose address was wrapped onto the next line."""
    if not line or len(line) > 80 or (number and lines[number - 1].strip()):
        return False
    following = lines[number + 1].lstrip("> \t") if number + 1 < len(lines) else ""
    return following.startswith("<") or (line.endswith("<") and "@" in following)


def _opens(line: str) -> bool:
    return bool(line[:1].isdigit() or words.OPENS.match(line))


def _is_quote_next(after: Sequence[str]) -> bool:
    return next((line for line in after if line.strip()), "").lstrip().startswith(">")


def _begins_later(lines: Sequence[str], number: int, count: int) -> bool:
    """Whether what looked like a lead has somebody's own line in front of the real one."""
    for later in range(number + 1, number + count):
        rest = " ".join(_bare(line) for line in lines[later : number + count])
        if words.OPENS.match(rest) and words.MOMENT.search(rest) and reads_as_lead(rest):
            return True
    return False
