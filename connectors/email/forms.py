"""Read what somebody filled in on a web page: `field: value` in lines or in a table, as such pages mail it.

The text stays whole beside it: a field that is read wrongly hides nothing.
"""

import re
from collections.abc import Sequence

from connectors.email import quote_words
from connectors.email.addresses import Mailbox

FEWEST, MOST = 3, 100
LONGEST_LABEL, LONGEST_VALUE = 80, 5_000
MOST_WORDS, SHORT = 12, 6
MOST_LINES = 2_000
Field = tuple[str, str]

_LINE = re.compile(
    r"[ \t*•·–-]{0,8}(?P<label>[^\W_][^\n:：=\t]{0,79}?)[ \t]*"
    r"(?:\*{0,2}[:：]\*{0,2}(?=\s|$)|[ \t]=[ \t]|\t+)\**[ \t]*(?P<value>.*)$"
)
# What pages ask people for; in other languages than these, more fields must stand closer together.
_ASKED = re.compile(
    r"\b(?:e-?mail|(?:sur|fore|first|last|full|your)?[ -]?names?|tele?(?:phone|fon|fono"
    r"|foon)?|phone|mobile|address|post ?code"
    r"|zip|message|descri\w+|details?|comments?|enquiry|incident|happened|location"
    r"|reference|birth|victim|suspect|vehicle"
    r"|enw|e-bost|ffôn|cyfeiriad|neges|vorname|nachname|adresse|anschrift|nachricht|nom"
    r"|prénom|courriel|téléphone"
    r"|nombre|apellidos?|correo|teléfono|dirección|mensaje|nome|cognome|indirizzo"
    r"|messaggio|telefone|mensagem"
    r"|naam|telefoon|bericht|imię|nazwisko|adres|wiadomość)\b",
    re.I,
)
_TECHNICAL = re.compile(
    r"(?:content-|mime-|x-|message-id|return-path|received|delivered-to|resent-|references|in-reply-to|sender)",
    re.I,
)
_RULE = re.compile(r"[ \t]*[-_=*~]{3,}[ \t]*$")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]{1,255}\.[^\s@<>(),;:\"]{2,63}")
_MAIL_LABEL = re.compile(r"e-?mail|mail|courriel|correo|e-?bost", re.I)
_NAME_LABEL = re.compile(
    r"(?:your |full |contact |customer |reporter'?s? )*name|name and surname|enw(?: llawn)?", re.I
)
_FIRST_LABEL = re.compile(r"(?:your )?(?:first|fore|given)[ -]?names?|enw cyntaf", re.I)
_LAST_LABEL = re.compile(r"(?:your )?(?:last|sur|family)[ -]?name|cyfenw", re.I)
_LINKED = re.compile(r"\s*<(?:mailto:|tel:)[^<>]*>")


def read_form(text: str) -> tuple[Field, ...]:
    """Return the fields of a form written in lines, in their order; nothing where the text is none."""
    found: list[tuple[str, list[str]]] = []
    outside = 0
    for line in text.split("\n")[:MOST_LINES]:
        match = _LINE.match(line) if len(line) < LONGEST_LABEL + LONGEST_VALUE else None
        if match and _is_label(match["label"]):
            found.append((match["label"].strip(" *"), [match["value"]]))
        elif found and _continues(found[-1][1], line):
            found[-1][1].append(line)
        elif line.strip() and not _RULE.match(line):
            outside += 1
    inside = [len(lines) for _, lines in found]
    asked = sum(bool(_ASKED.search(label)) for label, _ in found)
    # Prose has a colon here and there; a form is little else, or asks what forms ask.
    if asked < 2 and (len(found) <= FEWEST or outside > len(found) / 2 or max(inside) > FEWEST):
        return ()
    if outside > 2 * len(found) + 10 or (asked == 0 and sum(inside) > 3 * len(found)):
        return ()
    return accept(tuple((label, "\n".join(lines)) for label, lines in found))


def accept(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return the fields cut to size, or nothing when they are too few, repeat, or are a mail's own head."""
    tidy = [
        (label.strip()[:LONGEST_LABEL], _tidy_value(value)) for label, value in fields[:MOST] if label.strip()
    ]
    labels = [label.lower() for label, _ in tidy]
    filled = [value for _, value in tidy if value]
    if len(set(labels)) < FEWEST or len(filled) < 2 or len(set(labels)) < 0.75 * len(labels):
        return ()
    short = sum(len(label.split()) <= SHORT for label in labels)
    if short < 0.6 * len(labels) or (len(labels) <= FEWEST and not any(map(_ASKED.search, labels))):
        return ()
    if sum(bool(_TECHNICAL.match(label)) for label in labels) >= 2:
        return ()
    if all(quote_words.FIELD.match(f"{label}: x") for label in labels):
        return ()
    return tuple(tidy)


def find_contact(fields: Sequence[Field]) -> Mailbox | None:
    """Return who filled in the form, as they say themselves: only where one address alone is named."""
    named = [
        found[0]
        for label, value in fields
        if _MAIL_LABEL.search(label) and (found := _ADDRESS.fullmatch(value.strip().removeprefix("mailto:")))
    ]
    addresses = {address.lower() for address in named}
    if len(addresses) != 1:
        return None
    return Mailbox(_find_name(fields)[:200], named[0])


def _find_name(fields: Sequence[Field]) -> str:
    whole = next((value for label, value in fields if _NAME_LABEL.fullmatch(label) and value), "")
    if whole:
        return " ".join(whole.split())
    parts = [
        next((value for label, value in fields if wanted.fullmatch(label)), "")
        for wanted in (_FIRST_LABEL, _LAST_LABEL)
    ]
    return " ".join(" ".join(parts).split())


def _is_label(label: str) -> bool:
    plain = label.strip(" *")
    return (
        len(plain.split()) <= MOST_WORDS
        and not plain.lower().startswith(("http", "www."))
        and plain.isprintable()
        and "\ufffd" not in plain
        and not re.search(r"[.!;](?:\s|$)|[@#{}\[\]$%|\\]", plain)
    )


def _continues(lines: Sequence[str], line: str) -> bool:
    """Whether a line belongs to the value above it: right below it, or as its first line."""
    if _RULE.match(line):
        return False
    if line.strip():
        return bool(lines[-1].strip()) or not any(one.strip() for one in lines)
    return not any(one.strip() for one in lines)


def _tidy_value(value: str) -> str:
    lines = [_LINKED.sub("", line).strip() for line in value.split("\n")]
    return "\n".join(lines).strip()[:LONGEST_VALUE]
