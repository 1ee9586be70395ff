"""Tell mail that machines write (RFC 3834, 2919, 2369, 3464), so that nobody answers it by mistake."""

import re

from connectors.email.decoding import decode_header
from connectors.email.mime import Headers, Part

_MACHINE = re.compile(
    r"(?:mailer-?daemon|postmaster|no-?reply|do-?not-?reply|bounces?|auto-?reply)(?:[+=-].*)?@", re.I
)
_AWAY = re.compile(
    r"^\W{0,3}(?:auto(?:matic|mated)?[ :-]?(?:reply|response|matische antwort)"
    r"|autoreply|out of (?:the )?office"
    r"|abwesenheits"
    r"|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord)",
    re.I,
)
_ANSWERING = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
# Reasons that a person may stand behind all the same: a web page mails what somebody filled in.
SAYS_SO = "It says of itself that it was sent automatically."
NO_ANSWERS = "Its sender takes no answers."
_LISTED = ("list-id", "list-unsubscribe", "list-post")


def why_automatic(headers: Headers, root: Part, sender: str, *, bounced: bool) -> str:
    """Return why the mail is taken for a machine's, in words, or nothing."""
    if bounced or root.kind == "multipart/report":
        return "A mail server's report."
    submitted = _word(headers, "auto-submitted")
    if submitted and submitted != "no":
        return SAYS_SO
    if _word(headers, "precedence") in {"bulk", "junk", "list", "auto_reply"}:
        return "It was sent in bulk."
    if any(headers.first(name) for name in _ANSWERING) or _AWAY.match(
        decode_header(headers.first("subject"))
    ):
        return "An automatic reply."
    if any(headers.first(name) for name in _LISTED):
        return "It came through a mailing list."
    if headers.first("return-path").strip() == b"<>" or _MACHINE.match(sender):
        return NO_ANSWERS
    suppressed = _word(headers, "x-auto-response-suppress")
    return "Its sender asks for no automatic replies." if suppressed in {"oof", "all", "autoreply"} else ""


def _word(headers: Headers, name: str) -> str:
    return re.split(r"[;,\s(]", decode_header(headers.first(name)).lower(), maxsplit=1)[0]
