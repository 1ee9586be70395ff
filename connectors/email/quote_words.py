"""The lines by which mail programs, in many languages, mark what they carry along."""

import re
from collections.abc import Iterable


def _any(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


def _compile(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.I)


def _joined(patterns: Iterable[str]) -> str:
    return "|".join(patterns)


_WROTE = _any(
    *("wrote", "writes", "écrit", "schrieb", "schreiben", "escribi[óo]", "ha scritto", "scrisse", "escreveu"),
    *("schreef", "skrev", "skrifaði", "kirjoitti", r"napisał\(?a?\)?", "napisala?", "napsala?", "написала?"),
    *("пише", "пишет", "a scris", "(?:a )?írta", "yazdı", "ysgrifennodd", "έγραψε", "כתב", "写道"),
)
_OPENING = _any(
    *(
        "on",
        "le",
        "am",
        "el",
        "il",
        "em",
        "op",
        "den",
        r"d\.",
        "på",
        "pe",
        "dne",
        "dnia",
        "w dniu",
        "в",
        "ar",
    ),
    *(r"a\(z\)", "στις", "ma", "ti", "to", "in data", r"\w{2,4}\. \d{1,2}\."),
)
_MOMENT = r"(?:(?:19|20)\d\d|\d{1,2}[:.]\d\d)"
_PERSON = r"<[^<>@\n]+@[^<>\n]+>"
# `On … wrote:` in all its kinds; an address and a moment before a colon are enough.
LEAD = _compile(
    r"^[ \t>]*(?:"
    + _joined(
        (
            rf"-*[ ]?{_OPENING}\b.{{0,300}}{_WROTE}.{{0,80}}[:：]",
            rf"-*[ ]?{_OPENING}\b[^@\n]{{0,300}}@[^@\n]{{0,100}}{_WROTE}[ ]?-*",
            rf"[^@\n]{{0,120}}@[^@\n]{{1,80}}{_WROTE}[^\n]{{0,40}}[:：]",
            rf"\d{{4}}[-/年.].{{0,160}}(?:{_WROTE}|{_PERSON})[^\n]{{0,20}}[:：]",
            rf"\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}.{{0,160}}(?:{_WROTE}|{_PERSON})\s*[:：]",
            rf"(?=.{{0,160}}{_MOMENT})[^<\n]{{0,320}}{_PERSON}\s*[:：]",
            rf"[^\n<>]{{1,100}}{_PERSON}\s*(?:{_WROTE}|于.{{1,60}}写道)[^\n]{{0,40}}[:：]",
        )
    )
    + r")[ \t]*$"
)
STARTS_LEAD = _compile(rf"^[ \t>]*(?:{_OPENING}\b.*\d|\d{{1,4}}[-/.年]|.{{0,60}}{_MOMENT})")
ORIGINAL = _compile(
    r"^[ \t>]*[-_*]{2,}[ \t]*"
    + _any(
        *("original (?:message|mail)", "message d'origine", "message original", "ursprüngliche nachricht"),
        *("originalnachricht", "mensaje original", "messaggio originale", "mensagem original"),
        *("oorspronkelijk bericht", "oprindelig (?:meddelelse|besked)", "ursprungligt meddelande"),
        *("opprinnelig melding", "alkuperäinen viesti", "исходное сообщение", "пересылаемое сообщение"),
        *("reply message", "neges wreiddiol"),
    )
    + r"[^\n]{0,40}$"
)
ABOVE = _compile(r"^[ \t>]*[-_=#*]{0,20}[^\n]{0,20}(?:reply|write|type) (?:above|over) this line[^\n]{0,40}$")
FORWARDED = _compile(
    r"^[ \t]*(?:[-_]{2,}[ \t]*"
    + _any(
        *(
            "forwarded (?:message|mail)",
            "weitergeleitete nachricht",
            "message transféré",
            "mensaje reenviado",
        ),
        *("messaggio inoltrato", "mensagem encaminhada", "doorgestuurd bericht"),
    )
    + "|begin forwarded message|anfang der weitergeleiteten)"
)
FIELD = _compile(
    r"^[ \t>*]*("
    + _joined(
        (
            *(
                "from",
                "sent",
                "to",
                "date",
                "subject",
                "cc",
                "reply-to",
                "de",
                "envoyé(?: le)?",
                "enviado(?: el)?",
            ),
            *(
                "à",
                "a",
                "objet",
                "sujet",
                "copie à",
                "para",
                "asunto",
                "fecha",
                "von",
                "gesendet",
                "datum",
                "an",
            ),
            *(
                "betreff",
                "da",
                "inviato",
                "data",
                "oggetto",
                "assunto",
                "van",
                "verzonden",
                "aan",
                "onderwerp",
            ),
            *(
                "från",
                "skickat",
                "till",
                "ämne",
                "fra",
                "sendt",
                "dato",
                "til",
                "emne",
                "lähettäjä",
                "lähetetty",
            ),
            *("päiväys", "vastaanottaja", "kopio", "aihe", "от", "отправлено", "дата", "кому", "тема", "od"),
            *(
                "odesláno",
                "komu",
                "předmět",
                "wysłano",
                "do",
                "temat",
                "oddi wrth",
                "at",
                "pwnc",
                "message du",
            ),
        )
    )
    + r")[ \t\xa0]?\*?[:：]\*?[ \t\xa0]*(.*)$"
)
FROM = {"from", "de", "von", "da", "van", "från", "fra", "lähettäjä", "от", "od", "oddi wrth", "message du"}
RULE = _compile(r"^[ \t]*(?:_{5,}|-{20,}|={4,})[ \t]*$")
MARK = _compile(r"^(?:-- ?|__+|—|-{2,3}[ \t]*|[-–—]\w{2,20})[ \t]*$")
SENT_FROM = _compile(
    "^"
    + _any(
        *(
            "sent",
            "get",
            "gesendet",
            "envoyé",
            "enviado",
            "inviato",
            "skickat",
            "sendt",
            "verstuurd",
            "verzonden",
        ),
        *("lähetetty", "отправлено", "wysłane", "anfonwyd"),
    )
    + " "
    + _any(
        *(
            "from",
            "by",
            "using",
            "via",
            "with",
            "von",
            "mit",
            "depuis",
            "de",
            "à partir de",
            "desde",
            "da",
            "från",
        ),
        *("fra", "vanaf", "van", "с", "z", "o", "outlook", "iphonesta"),
    )
    + r"\b.{0,80}[^.,!?;\n][ \t]*$"
)
DEVICE = _compile(
    _any(
        *("my", "iphone", "ipad", "android", "mobile", "blackberry", "samsung", "outlook", "yahoo", "huawei"),
        *("galaxy", "phone", "mail", "meinem", "mon", "mijn", "min", "mi ", "app<"),
    )
)
