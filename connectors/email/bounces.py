"""Recognise reports that a mail did not arrive: the standard form (RFC 3464) and servers' own words."""

import json
import re
from collections.abc import Iterator
from typing import Any

from connectors.email.body import part_bytes, part_text
from connectors.email.bounce_texts import (
    ADDRESS,
    FAILED,
    MESSAGE_ID,
    NO_REPLY,
    REPLY_CODE,
    SENDER,
    STATUS,
    SUBJECT,
    guess_status,
    read_free_text,
)
from connectors.email.decoding import decode_header, decode_text
from connectors.email.letter import Bounce, Undelivered
from connectors.email.mime import Headers, Part, read_headers
from connectors.email.quotes import is_passed_on

_NOTIFIED = re.compile(
    r"\s*\{\s*\"(?:(?:notificationType|eventType)\"\s*:\s*\"Bounce\"|Type\"\s*:\s*\"Notification\")"
)
_JSON = json.JSONDecoder(strict=False)


def read_bounce(root: Part, text: str) -> Bounce | None:
    """Return what a report says of the mail that it is about, or None when this is not such a report."""
    if _NOTIFIED.match(text):
        return _read_notification(text)
    reported = list(_read_reports(root))
    if not reported and not _looks_like_one(root, text):
        return None
    original, returned = _returned_mail(root, text)
    if not reported:
        reported = _read_embedded(text)
    if not reported:
        reported = read_free_text(text, root.headers, original)
    if not reported:
        return None
    return Bounce(tuple(reported[:50]), returned)


def _read_reports(root: Part) -> Iterator[Undelivered]:
    """Read the parts `message/delivery-status` (RFC 3464), each a group of fields for every recipient."""
    for part in root.walk():
        if part.kind not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        content, _ = part_bytes(part)
        yield from _read_groups(content)


def _read_groups(content: bytes) -> Iterator[Undelivered]:
    lines = b"\n".join(content.strip().splitlines())
    for group in re.split(rb"\n[ \t]*\n", lines)[:200]:
        fields, _, _ = read_headers(group.lstrip(b"\n"))
        recipient = _typed(fields, "final-recipient") or _typed(fields, "original-recipient")
        action = _typed(fields, "action").lower()
        if (recipient or action) and action not in {"delivered", "relayed", "expanded"}:
            yield _complete(fields, recipient, action)


def _read_notification(text: str) -> Bounce | None:
    """Read what Amazon SES tells of a bounce by mail, as JSON (its "bounce object")."""
    try:
        told, _ = _JSON.raw_decode(text.lstrip())
        if "Message" in told:
            told, _ = _JSON.raw_decode(told["Message"])
        rows = told["bounce"]["bouncedRecipients"]
        everyone = tuple(_read_notified(row) for row in rows[:50] if row.get("emailAddress"))
        headers = told.get("mail", {}).get("headers") or []
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    ids = [str(one.get("value")) for one in headers if str(one.get("name")).lower() == "message-id"]
    return Bounce(everyone, ids[0][:400] if ids else "") if everyone else None


def _read_notified(row: dict[str, Any]) -> Undelivered:
    reason = str(row.get("diagnosticCode", ""))
    status = str(row.get("status", "")) or guess_status(reason)
    action = str(row.get("action", "")) or "failed"
    return Undelivered(str(row["emailAddress"])[:320], status[:20], action[:20], reason[:500])


def _read_embedded(text: str) -> list[Undelivered]:
    """Read the fields of a report whose parts some server has run together into one text."""
    found = re.search(r"^Final-Recipient:", text, re.I | re.M)
    return list(_read_groups(text[found.start() :][:10_000].encode("utf-8", "replace"))) if found else []


def _complete(fields: Headers, recipient: str, action: str) -> Undelivered:
    reason = _typed(fields, "diagnostic-code")
    found = STATUS.search(decode_header(fields.first("status")))
    status = found[1] if found else ""
    better = STATUS.search(reason)
    if better and (not status or status.endswith(".0.0")) and not better[1].startswith("2"):
        status = better[1]
    status = status or guess_status(reason)
    original = _typed(fields, "original-recipient")
    address = ADDRESS.search(recipient) or ADDRESS.search(original) or ADDRESS.search(reason)
    return Undelivered((address[0] if address else recipient)[:320], status, action or "failed", reason[:500])


def _typed(fields: Headers, name: str) -> str:
    """Return a field's value without the word for its kind (`rfc822; jo@…`)."""
    value = decode_header(fields.first(name))
    kind, separator, rest = value.partition(";")
    return (rest if separator and " " not in kind.strip() else value).strip().strip("<>")


def _looks_like_one(root: Part, text: str) -> bool:
    headers = root.headers
    if _word_report(root):
        return True
    sender = decode_header(headers.first("from")) + decode_header(headers.first("sender"))
    empty_path = headers.first("return-path").strip() == b"<>"
    by_machine = bool(SENDER.search(sender)) or empty_path or bool(headers.first("x-failed-recipients"))
    subject = decode_header(headers.first("subject"))
    by_subject = bool(SUBJECT.search(subject)) and not is_passed_on(subject)
    says_so = bool(FAILED.search(text[:20_000]))
    return (by_machine and (by_subject or says_so)) or bool(
        by_subject
        and says_so
        and _carries_mail(root, text)
        and (_names_code(text) or NO_REPLY.search(sender))
    )


def _word_report(root: Part) -> bool:
    kind = root.parameters.get("report-type", b"").lower()
    return root.kind == "multipart/report" and kind in {b"delivery-status", b""}


def _names_code(text: str) -> bool:
    """Whether a text names a server's code, as a person who writes of a parcel would not."""
    return bool(STATUS.search(text) or REPLY_CODE.search(text))


def _carries_mail(root: Part, text: str) -> bool:
    kinds = {"message/rfc822", "text/rfc822-headers", "message/global", "message/delivery-status"}
    return any(part.kind in kinds for part in root.walk()) or bool(MESSAGE_ID.search(text))


def _returned_mail(root: Part, text: str) -> tuple[str, str]:
    """Return the address that the returned mail was for, and its Message-ID."""
    for part in root.walk():
        if part.kind == "message/rfc822" and part.parts:
            return _read_returned(part.parts[0].headers)
        if part.kind in {"text/rfc822-headers", "message/rfc822-headers", "message/partial"}:
            return _read_returned(read_headers(part_text(part).encode("utf-8", "replace"))[0])
    found = MESSAGE_ID.search(text)
    to = re.search(
        r"^to:[^\n]*", text[found.start() - 3000 if found and found.start() > 3000 else 0 :], re.I | re.M
    )
    address = ADDRESS.search(to[0]) if to else None
    return address[0] if address else "", found[1] if found else ""


def _read_returned(headers: Headers) -> tuple[str, str]:
    to = ADDRESS.search(decode_header(headers.first("to")))
    returned = MESSAGE_ID.search("message-id: " + decode_text(headers.first("message-id")).strip())
    return to[0] if to else "", returned[1] if returned else ""
