"""Read what mail servers write in their own words about mail that did not arrive."""

import re

from connectors.email.decoding import decode_header
from connectors.email.letter import Undelivered
from connectors.email.mime import Headers

SENDER = re.compile(
    r"mailer-?daemon|post_?master|mail delive(?:ry|r) (?:sub)?system|mail administrator|\bmdaemon\b", re.I
)
NO_REPLY = re.compile(r"\bno-?reply@|\bdo-?not-?reply@", re.I)
SUBJECT = re.compile(
    r"undeliver|returned mail|mail delivery|delivery (?:status )?notification|delivery (?:has )?fail"
    r"|failure notice|delivery (?:report|problem|error)|non[- ]?deliver|unable to deliver|mail failure"
    r"|could not (?:be )?(?:deliver|send)|message status|mail (?:system )?error|returned to sender"
    r"|rejected mail|nondeliverable|not delivered|warning: message|メールエラー|配信不能|送信できません",
    re.I,
)
FAILED = re.compile(
    r"(?:could|can|did|was|were|is|has)(?: ?n[o']t| not)(?: been)?(?: be)? (?:successfully )?"
    r"(?:deliver|sent|reach|process|accept)"
    r"|unable to (?:deliver|relay)|undeliver|delivery (?:has )?(?:failed|failure|to the following|error)"
    r"|permanent (?:fatal )?error|user (?:is )?unknown|unknown user|no such (?:user|mailbox|recipient)"
    r"|invalid user|mailbox (?:is )?(?:full|unavailable)|over quota|returned (?:to (?:you|sender)|mail)"
    r"|rejected|does ?n[o']t exist|bounced|failed (?:recipient|address)|not listed in|malformed address",
    re.I,
)
_DELAYED = re.compile(
    r"(?:has been|is|was|been) delayed|warning message only|will (?:be retried|retry|continue to|keep) ?\w*"
    r"|not yet been delivered|no action is required|still being (?:tried|attempted)",
    re.I,
)
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ASKED = re.compile(r"\s*RCPT TO:", re.I)
REPLY_CODE = re.compile(r"(?<![\d.])(4[2-5]\d|5[0-5]\d)(?=[ -])")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,400}>)", re.I | re.M)
# What a phrase means in RFC 3463's terms, where a server gives no enhanced status; the first that fits.
_MEANINGS = tuple(
    (re.compile(pattern, re.I), detail)
    for pattern, detail in (
        (
            r"(?:mailbox|quota|disk).{0,40}(?:full|exceed|over)|over ?quota|exceed\w* .{0,30}quota"
            r"|insufficient (?:system )?stor",
            "2.2",
        ),
        (
            r"(?:host|domain).{0,30}(?:unknown|not found|does ?n)|unrouteable|no route"
            r"|name (?:service|server) error",
            "1.2",
        ),
        (
            r"user (?:is )?unknown|unknown user|no such|not (?:a )?(?:known|valid|exist)|not listed"
            r"|does ?n[o']t (?:exist|have)|invalid (?:recipient|user|mailbox)|user not found|no mailbox"
            r"|unknown (?:address|recipient)|mailbox (?:unavailable|not found)|malformed address"
            r"|recipient .{0,30}(?:unknown|reject)",
            "1.1",
        ),
        (r"disabled|suspend|inactive|expired|not accept", "2.1"),
        (r"too (?:large|big|long)|size (?:limit|exceed)|exceeds .{0,30}size|message size", "3.4"),
        (r"spam|blacklist|blocked|blocklist|policy|denied|refused|reject|prohibit|virus", "7.1"),
        (r"timed? ?out|try again|temporar|unable to connect|connection|deferred", "4.1"),
    )
)


def read_free_text(text: str, headers: Headers, original: str) -> list[Undelivered]:
    """Find the recipient and the status in what a server wrote for people to read."""
    report = _before_returned(text)
    ours = {address.lower() for address in ADDRESS.findall(decode_header(headers.first("to")))}
    status = next((found for found in STATUS.findall(report) if not found.startswith("2")), "")
    status = status or _soften(guess_status(report), report)
    named = ADDRESS.findall(decode_header(headers.first("x-failed-recipients")))
    candidates = _candidates(report)
    named = named or [one for one in candidates if one.lower() not in ours]
    named = named or ([original] if original else candidates)
    action = "delayed" if status.startswith("4") else "failed"
    reason = _reason(report)
    unique = dict.fromkeys(address.strip(".").lower() for address in named)
    return [Undelivered(address, status, action, reason) for address in unique][:20]


def _soften(guessed: str, report: str) -> str:
    """Return a guessed status as a passing one where the server says that it goes on trying."""
    goes_on = _DELAYED.search(report) and not REPLY_CODE.search(report)
    return f"4{guessed[1:]}" if goes_on else guessed


def _candidates(report: str) -> list[str]:
    """Addresses that a report names: standing alone, else on lines that speak of failure, else any."""
    asked = [one for line in report.split("\n")[:300] for one in ADDRESS.findall(line) if _ASKED.match(line)]
    if asked:
        return asked[:1]
    alone, spoken, others = [], [], []
    for line in report.split("\n")[:300]:
        found = [one for one in ADDRESS.findall(line) if not SENDER.search(one)]
        if not found:
            continue
        bare = line.strip().strip("<>:;.,()[]\"' ")
        if bare == found[0]:
            alone.append(found[0])
        elif FAILED.search(line) or REPLY_CODE.search(line) or "<" in line:
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


def guess_status(text: str) -> str:
    found = STATUS.search(text)
    if found and not found[1].startswith("2"):
        return found[1]
    code = REPLY_CODE.search(text)
    kind = code[1][0] if code else ""
    for pattern, detail in _MEANINGS:
        if pattern.search(text):
            return f"{kind or ('4' if detail == '4.1' else '5')}.{detail}"
    return f"{kind or '5'}.0.0"


def _reason(report: str) -> str:
    for line in report.split("\n"):
        if STATUS.search(line) or REPLY_CODE.search(line) or FAILED.search(line):
            return " ".join(line.split())[:500]
    return " ".join(report.split())[:200]
