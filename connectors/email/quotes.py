"""Tell what was written now from what a mail carried along: quoted mail and signatures, folded and never lost.

Nothing is folded when nothing would remain, when the answer stands between the quoted lines, or when a mail is
passed on: what is passed on is the message.
"""

import re
from dataclasses import dataclass

_WROTE = (
    r"wrote|writes|écrit|schrieb|escribió|escribio|ha scritto|scrisse|escreveu|schreef|skrev|kirjoitti|napisał\(?a?\)?"
    r"|napisala?|napsala?|написала?|пише|пишет|a scris|a írta|írta|yazdı|ysgrifennodd|έγραψε|כתב|schreiben|skrifaði"
)
_OPENERS = r"on|le|am|el|il|em|op|den|d\.|på|pe|dne|dnia|w dniu|в|tarihinde|ar|a\(z\)|στις|ma|ti|to|vào"
_LEAD = re.compile(
    rf"^[ \t>]*(?:(?:{_OPENERS})\b.{{0,300}}(?:{_WROTE}).{{0,80}}[:：]"
    rf"|.{{0,120}}@[^\n]{{1,80}}(?:{_WROTE})[^\n]{{0,40}}[:：]"
    rf"|\d{{4}}[-/年.].{{0,160}}[:：]"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}.{{0,160}}(?:{_WROTE}|<[^>\n]+@[^>\n]+>)\s*[:：]"
    rf"|(?:[^\n<>]{{1,100}}<[^<>\n]+@[^<>\n]+>)\s*(?:{_WROTE}|于.{{1,60}}写道)[^\n]{{0,40}}[:：])[ \t]*$",
    re.I,
)
_STARTS_LEAD = re.compile(rf"^[ \t>]*(?:(?:{_OPENERS})\b.*\d|\d{{1,4}}[-/.年])", re.I)
_ORIGINAL = re.compile(
    r"^[ \t>]*[-_*]{2,}[ \t]*(?:original (?:message|mail)|message d'origine|message original|ursprüngliche nachricht"
    r"|original(?:nachricht)|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|oprindelig meddelelse|ursprungligt meddelande|opprinnelig melding|alkuperäinen viesti|исходное сообщение"
    r"|пересылаемое сообщение|reply message|reply above this line|please reply above)[^\n]{0,40}$",
    re.I,
)
_ABOVE = re.compile(
    r"^[ \t>]*[-_=#*]{0,20}[^\n]{0,20}(?:reply|write|type) (?:above|over) this line[^\n]{0,40}$", re.I
)
_FORWARDED = re.compile(
    r"^[ \t]*(?:[-_]{2,}[ \t]*(?:forwarded (?:message|mail)|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht)|begin forwarded message|anfang der weitergeleiteten)",
    re.I,
)
_FIELD = re.compile(
    r"^[ \t>*]*(from|sent|to|date|subject|cc|reply-to|de|envoyé|enviado(?: el)?|à|objet|date|para|asunto|fecha|von|gesendet"
    r"|datum|an|betreff|da|inviato|data|a|oggetto|assunto|van|verzonden|aan|onderwerp|från|skickat|till|ämne|fra|sendt"
    r"|til|emne|lähettäjä|lähetetty|päiväys|vastaanottaja|kopio|aihe|от|отправлено|дата|кому|тема|od|odesláno|komu|předmět|wysłano"
    r"|do|temat)[ \t]?\*?[:：]\*?[ \t]*(.*)$",
    re.I,
)
_FROM = {"from", "de", "von", "da", "van", "från", "fra", "lähettäjä", "от", "od"}
_RULE = re.compile(r"^[ \t]*(?:_{5,}|-{20,}|={20,})[ \t]*$")
_SIGNATURE = re.compile(
    r"^(?:-- ?|--|__+|—|-{2,3}[ \t]*|[-–—]\w{2,20}"
    r"|(?:sent|get|gesendet|envoyé|enviado|inviato|skickat|sendt|verstuurd|verzonden|lähetetty|отправлено|wysłane)"
    r" (?:from|by|using|via|with|von|mit|depuis|de|à partir de|desde|da|från|fra|vanaf|van|с|z|outlook|iphonesta)\b.{0,80})[ \t]*$",
    re.I,
)
_DEVICE = re.compile(
    r"(?:my|iphone|ipad|android|mobile|blackberry|samsung|outlook|yahoo|huawei|galaxy|phone|mail|meinem|mon|mijn|min|mi )",
    re.I,
)


@dataclass(frozen=True)
class Split:
    """The two halves of a mail's text: together, line for line, they are the whole."""

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
        reply, signature = "\n".join(own).strip("\n"), len(own)
    if not reply.strip():
        return Split(text)
    return Split(reply, "\n".join([*own[signature:], *rest]).strip("\n"))


def _find_quote(lines: list[str]) -> int:
    """Return the line at which the carried-along text begins, or the number of lines."""
    for number, line in enumerate(lines):
        if _FORWARDED.match(line):
            return len(lines)
        if line.startswith(">") and _only_quotes_follow(lines, number):
            return number
        if _ORIGINAL.match(line) or _ABOVE.match(line) or _is_lead(lines, number) or _is_head(lines, number):
            return number
    return len(lines)


def _is_lead(lines: list[str], number: int) -> bool:
    """Whether here begins a line such as `On … wrote:`, which mail programs wrap over up to four."""
    line = lines[number]
    if len(line) > 400:
        return False
    if _LEAD.match(line):
        return True
    if not _STARTS_LEAD.match(line):
        return False
    joined = line.rstrip()
    for following in lines[number + 1 : number + 4]:
        if not following.strip():
            return False
        joined = f"{joined} {following.strip(' >')}"
        if len(joined) < 500 and _LEAD.match(joined):
            return True
    return False


def _is_head(lines: list[str], number: int) -> bool:
    """Whether here begins a block of fields (From, Sent, To, Subject) as Outlook writes it, perhaps below a rule."""
    start = number
    if _RULE.match(lines[number]):
        start = next(
            (at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].strip()), number
        )
    first = _FIELD.match(lines[start])
    if not first or first[1].lower() not in _FROM or not first[2].strip():
        return False
    names = {match[1].lower() for line in lines[start : start + 8] if (match := _FIELD.match(line))}
    return len(names) >= 3


def _only_quotes_follow(lines: list[str], number: int) -> bool:
    """Whether what follows is quoted to the end, but for a signature; one quoted line alone may be a saying."""
    return all(not line.strip() or line.lstrip().startswith(">") for line in lines[number:])


def _says(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _answers_between(rest: list[str]) -> bool:
    """Whether somebody wrote between the quoted lines, or below them."""
    quoted = [number for number, line in enumerate(rest) if line.lstrip().startswith(">")]
    if not quoted or quoted[0] > 6:
        return False
    after = [line for line in rest[quoted[0] :] if line.strip() and not line.lstrip().startswith(">")]
    own = [line for line in after if not _SIGNATURE.match(line)]
    return bool(own) and len(own) * 4 > 1


def _split_below(lines: list[str], cut: int, text: str) -> Split:
    """The quoted mail stands on top: the answer is what stands below it, when it stands there in one piece."""
    quoted = [number for number in range(cut, len(lines)) if lines[number].lstrip().startswith(">")]
    if not quoted:
        return Split(text)
    gaps = [
        number
        for number in range(quoted[0], quoted[-1])
        if lines[number].strip() and not lines[number].lstrip().startswith(">")
    ]
    below = lines[quoted[-1] + 1 :]
    signature = _find_signature(below)
    reply = "\n".join(below[:signature]).strip("\n")
    if gaps or not reply.strip():
        return Split(text)
    above = "\n".join(lines[: quoted[-1] + 1]).strip("\n")
    return Split(reply, "\n".join([above, *below[signature:]]).strip("\n"))


def _find_signature(lines: list[str]) -> int:
    """Return the line at which a signature begins: after its mark, and never the first thing said."""
    for number, line in enumerate(lines):
        match = _SIGNATURE.match(line)
        if not match or not _says(lines[:number]):
            continue
        word = line.strip().lower()
        if word[:1] in "-_—" and len(lines) - number > 12:
            continue
        if word[:1].isalpha() and not _DEVICE.search(word):
            continue
        return number
    return len(lines)
