"""Recognise reports that a mail did not arrive: the standard form (RFC 3464) and the free texts of many servers."""

import re
from collections.abc import Iterator

from connectors.email.body import part_bytes, part_text
from connectors.email.decoding import decode_header, decode_text
from connectors.email.letter import Bounce, Undelivered
from connectors.email.mime import Headers, Part, read_headers

_SENDER = re.compile(
    r"mailer-?daemon|postmaster|mail delivery (?:sub)?system|mail administrator|\bmdaemon\b", re.I
)
_SUBJECT = re.compile(
    r"undeliver|returned mail|mail delivery|delivery (?:status )?notification|delivery (?:has )?fail|failure notice"
    r"|delivery (?:report|problem|error)|non[- ]?deliver|unable to deliver|could not (?:be )?deliver|message status"
    r"|mail (?:system )?error|returned to sender|rejected mail|nondeliverable|not delivered|warning: message",
    re.I,
)
_FAILED = re.compile(
    r"(?:could|can|did|was|were|is|has)(?: ?n[o']t| not)(?: been)?(?: be)? (?:successfully )?(?:deliver|sent|reach|process|accept)"
    r"|unable to (?:deliver|relay)|undeliver|delivery (?:has )?(?:failed|failure|to the following)|permanent (?:fatal )?error"
    r"|user (?:is )?unknown|unknown user|no such (?:user|mailbox|recipient)|mailbox (?:is )?(?:full|unavailable)|over quota"
    r"|returned (?:to (?:you|sender)|mail)|rejected|does ?n[o']t exist|bounced|failed (?:recipient|address)|not listed in",
    re.I,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])(4[2-5]\d|5[0-5]\d)(?=[ -])")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,400}>)", re.I | re.M)
# What a reply code or a phrase means in RFC 3463's terms, where a server gives no enhanced status.
_MEANINGS = (
    (re.compile(r"(?:mailbox|quota|disk).{0,40}(?:full|exceed|over)|over ?quota|exceed\w* .{0,30}quota|insufficient (?:system )?stor", re.I), "2.2"),
    (re.compile(r"(?:host|domain).{0,30}(?:unknown|not found|does ?n)|unrouteable|no route|name (?:service|server) error", re.I), "1.2"),
    (re.compile(r"user (?:is )?unknown|unknown user|no such|not (?:a )?(?:known|valid|exist)|does ?n[o']t (?:exist|have)|invalid (?:recipient|user|mailbox)|not listed|unknown (?:address|recipient)|mailbox (?:unavailable|not found)|no mailbox|user not found|recipient .{0,30}(?:unknown|reject)", re.I), "1.1"),
    (re.compile(r"disabled|suspend|inactive|expired|not accept", re.I), "2.1"),
    (re.compile(r"too (?:large|big|long)|size (?:limit|exceed)|exceeds .{0,30}size|message size", re.I), "3.4"),
    (re.compile(r"spam|blacklist|blocked|blocklist|policy|denied|refused|reject|prohibit|virus", re.I), "7.1"),
    (re.compile(r"timed? ?out|try again|temporar|unable to connect|connection|deferred", re.I), "4.1"),
)  # fmt: skip


def read_bounce(root: Part, text: str) -> Bounce | None:
    """Return what a report says of the mail that it is about, or None when this is not such a report."""
    reported = list(_read_reports(root))
    if not reported and not _looks_like_one(root, text):
        return None
    original, returned = _returned_mail(root, text)
    if not reported:
        reported = _read_free_text(text, root.headers, original)
    if not reported:
        return None
    return Bounce(tuple(reported[:50]), returned)


def _read_reports(root: Part) -> Iterator[Undelivered]:
    """Read the parts `message/delivery-status` (RFC 3464), each a group of fields for every recipient."""
    for part in root.walk():
        if part.kind not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        content, _ = part_bytes(part)
        groups = re.split(rb"\r?\n[ \t]*\r?\n", content.strip())
        for group in groups[:200]:
            fields, _, _ = read_headers(group)
            recipient = _typed(fields, "final-recipient") or _typed(fields, "original-recipient")
            action = _typed(fields, "action").lower()
            if not (recipient or action) or action in {"delivered", "relayed", "expanded"}:
                continue
            yield _complete(fields, recipient, action)


def _complete(fields: Headers, recipient: str, action: str) -> Undelivered:
    reason = _typed(fields, "diagnostic-code")
    found = _STATUS.search(decode_header(fields.first("status")))
    status = found[1] if found else ""
    better = _STATUS.search(reason)
    if better and (not status or status.endswith(".0.0")) and not better[1].startswith("2"):
        status = better[1]
    status = status or _guess_status(reason)
    original = _typed(fields, "original-recipient")
    address = _ADDRESS.search(recipient) or _ADDRESS.search(original) or _ADDRESS.search(reason)
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
    by_machine = bool(_SENDER.search(sender)) or empty_path or bool(headers.first("x-failed-recipients"))
    by_subject = bool(_SUBJECT.search(decode_header(headers.first("subject"))))
    says_so = bool(_FAILED.search(text[:20_000]))
    return (by_machine and (by_subject or says_so)) or (by_subject and says_so and _carries_mail(root, text))


def _word_report(root: Part) -> bool:
    kind = root.parameters.get("report-type", b"").lower()
    return root.kind == "multipart/report" and kind in {b"delivery-status", b""}


def _carries_mail(root: Part, text: str) -> bool:
    kinds = {"message/rfc822", "text/rfc822-headers", "message/global", "message/delivery-status"}
    return any(part.kind in kinds for part in root.walk()) or bool(_MESSAGE_ID.search(text))


def _returned_mail(root: Part, text: str) -> tuple[str, str]:
    """Return the address that the returned mail was for, and its Message-ID."""
    for part in root.walk():
        if part.kind == "message/rfc822" and part.parts:
            return _read_returned(part.parts[0].headers)
        if part.kind in {"text/rfc822-headers", "message/rfc822-headers", "message/partial"}:
            return _read_returned(read_headers(part_text(part).encode("utf-8", "replace"))[0])
    found = _MESSAGE_ID.search(text)
    to = re.search(
        r"^to:[^\n]*", text[found.start() - 3000 if found and found.start() > 3000 else 0 :], re.I | re.M
    )
    address = _ADDRESS.search(to[0]) if to else None
    return address[0] if address else "", found[1] if found else ""


def _read_returned(headers: Headers) -> tuple[str, str]:
    to = _ADDRESS.search(decode_header(headers.first("to")))
    returned = _MESSAGE_ID.search("message-id: " + decode_text(headers.first("message-id")).strip())
    return to[0] if to else "", returned[1] if returned else ""


def _read_free_text(text: str, headers: Headers, original: str) -> list[Undelivered]:
    """Find the recipient and the status in what a server wrote for people to read."""
    report = _before_returned(text)
    ours = {address.lower() for address in _ADDRESS.findall(decode_header(headers.first("to")))}
    status = next((found for found in _STATUS.findall(report) if not found.startswith("2")), "")
    status = status or _guess_status(report)
    named = _ADDRESS.findall(decode_header(headers.first("x-failed-recipients")))
    named = named or [one for one in _candidates(report) if one.lower() not in ours]
    named = named or ([original] if original else [])
    action = "delayed" if status.startswith("4") else "failed"
    reason = _reason(report)
    unique = dict.fromkeys(address.strip(".").lower() for address in named)
    return [Undelivered(address, status, action, reason) for address in unique][:20]


def _candidates(report: str) -> list[str]:
    """Addresses that a report names, those on the lines that speak of failure or stand alone before the others."""
    alone, spoken, others = [], [], []
    for line in report.split("\n")[:300]:
        found = [one for one in _ADDRESS.findall(line) if not _SENDER.search(one)]
        if not found:
            continue
        bare = line.strip().strip("<>:;.,()[]\"' ")
        if bare == found[0]:
            alone.append(found[0])
        elif _FAILED.search(line) or _REPLY_CODE.search(line) or "<" in line:
            spoken.append(found[0])
        else:
            others.extend(found)
    return (alone or spoken or others)[:5]


def _before_returned(text: str) -> str:
    found = re.search(
        r"^.{0,10}(?:-{3,}.{0,40}(?:original|returned|copy|forwarded|below|message|header)|(?:return-path|received|message-id):)",
        text,
        re.I | re.M,
    )
    return text[: found.start()] if found and found.start() > 40 else text[:20_000]


def _guess_status(text: str) -> str:
    found = _STATUS.search(text)
    if found and not found[1].startswith("2"):
        return found[1]
    code = _REPLY_CODE.search(text)
    kind = code[1][0] if code else ""
    for pattern, detail in _MEANINGS:
        if pattern.search(text):
            return f"{kind or ('4' if detail == '4.1' else '5')}.{detail}"
    return f"{kind or '5'}.0.0"


def _reason(report: str) -> str:
    for line in report.split("\n"):
        if _STATUS.search(line) or _REPLY_CODE.search(line) or _FAILED.search(line):
            return " ".join(line.split())[:500]
    return " ".join(report.split())[:200]
