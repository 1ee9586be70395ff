"""Find where a signature begins: behind its mark, or with the line that a telephone or a scanner adds."""

import re
from collections.abc import Sequence

LONGEST = 12
LONGEST_MARKED = 60
LONGEST_NOTICE = 100
WIDEST = 120
LONGEST_LINE = 5_000
MARK = "-- "  # RFC 3676 section 4.3; mail programs that cut blanks at the end leave two dashes
_LOOSE_MARK = re.compile(r"(?:--|---|_{2,}|[—–―⸺]{1,40})[ \t]*$")


def _any(*rows: str) -> str:
    return "(?:" + "|".join(row for row in rows) + ")"


_SENT = _any(
    r"(?:sent|posted|written|composed|typed) (?:from|via|by|using|with|on|through)",
    r"(?:gesendet|verschickt|geschickt) (?:von|mit|aus|über|via|per)",
    r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit)",
    r"envoyée? (?:de|d[’']un|depuis|à partir|avec|via|par)",
    r"enviad[oa] (?:desde|con|por|do|da|de|via|pelo|a partir)",
    r"enviat (?:des|amb)|inviat[oa] (?:da|dal|dall[’']|con|tramite)",
    r"(?:verstuurd|verzonden) (?:vanaf|vanuit|van|met|via)",
    r"skickat (?:från|via|med)|sendt (?:fra|med|via)|lähetetty|wysłan[eoy] (?:z|ze|przy)",
    r"отправлено (?:с|со|из|через)",
    r"надіслано (?:з|із|за)|изпратено от|(?:odesláno|odoslané) (?:z|ze|zo|pomocí)",
    r"poslan[oae] (?:z|s|sa|iz)",
    r"trimis (?:de pe|din|de la)|(?:el)?küldve|στάλθηκε από|נשלח מ\S*|أُ?رسلت من",
    r"(?:đã )?gửi từ|ส่งจาก",
    r"发自|發自|來自|从我的|從我的",
    r"anfonwyd (?:o|oddi)|saadetud minu|nosūtīts no|išsiųsta iš|dikirim dari|bidalia|sent fra",
)
# `Get Outlook for iOS`, as programs praise themselves.
_PRAISE = (
    r"(?:get|obtene[rz]|obtenir|obtén|obter|obtenha|télécharge[rz]|descarg\w+|baixe|scarica|ottieni"
    r"|download(?:en)?"
    r"|hämta|hent|hanki|pobierz|stáhnout|letöltés|скачать|загрузить|holen sie sich"
    r"|hol dir|try|use)\s"
    r".{0,30}(?:outlook|yahoo|aol|gmail|bluemail|typeapp|mail).{0,40}\b(?:for|pour|für"
    r"|para|per|voor"
    r"|til|för|dla|pro|для|ios|android|app)\b"
)
_DEVICE = _any(
    r"iphon|ipad|ipod|apple watch|ios\b|mac\b|android|samsung|galaxy|huawei|honor|xiaomi",
    r"redmi|oneplus",
    r"oppo|motorola|moto g|pixel",
    r"blackberry|nokia|windows|outlook|hotmail|yahoo|gmail|aol\b|proton|zoho|mail\.ru",
    r"яндекс|yandex",
    r"gmx|web\.de|icloud",
    r"t-online|mailbird|mailspring|spark|airmail|newton|tuta|fastmail|type ?app|bluemail|nine",
    r"thunderbird|k-9|fairemail|mail\b",
    r"workspace|smart ?phone|mobile?|handy|telefon|téléphone|móvil|celular|tablet|verizon|vodafone",
    r"orange|wiko|mobiel",
    r"мобильн\w+|почт\w+|portable|cellulare|gsm|(?:cell ?)?phone|手机|手機|device|gerät|appareil",
    r"dispositivo|app\b",
)
# A person's sentence has a verb or somebody in it; what a telephone adds has neither.
_SPOKEN = re.compile(
    r"\b(?:i|he|she|they|we|you|is|was|are|were|am|because|and|but|so|not|easier|which|that|to|ich|er)\b"
    r"|\b(?:ist|war|je|est)\b",
    re.I,
)
_DEVICE_WORD = re.compile(rf"(?<![a-z@]){_DEVICE}", re.I)
_STARTS = re.compile(rf"\W*(?:{_SENT}(?![a-z])|{_PRAISE})", re.I)
_ENDS = re.compile(
    r"(?:gönderildi|(?:から|より)送信|보냄|傳送|(?:gesendet|verschickt|geschickt))[ .]*$", re.I
)
_MEINEM = re.compile(r"\W*von mein\w+ ", re.I)
_SCANNED = re.compile(
    r"(?:virus[- ]free\b|virenfrei\b|garanti sans virus|libre de virus|this (?:e-?mail"
    r"|message) has been (?:checked|scanned)"
    r"|diese e-?mail wurde (?:von|auf)|l'absence de virus|yahoo mail:|do you yahoo)",
    re.I,
)
_NOTICE = re.compile(
    r"\W*(?:confidentiality notice\b|disclaimer\b|please consider the environment|think before you print"
    r"|(?:this|the) (?:e-?mail|message|transmission|communication|information|contents?)\b"
    r"|diese (?:e-?mail|nachricht)\b|ce (?:message|courriel)\b|este (?:mensaje|correo|e-?mail|mensagem)\b"
    r"|questo (?:messaggio|documento)\b|le informazioni contenute|dit (?:bericht|e-?mail)\b)",
    re.I,
)
_HEADED_NOTICE = re.compile(r"\W*(?:confidentiality notice|disclaimer|please consider|think before)\b", re.I)
# Words of lawyers: who writes "this message is confidential" says something; with two of these, nothing.
_LEGAL = re.compile(
    r"intended|recipient|addressee|disclos|unauthori|in error|legally|distribut|copying|solely|adressat"
    r"|empfänger|irrtüm|vernicht|destinat|erreur|détrui|por error|por engano|elimin|per errore|cancell"
    r"|geadresseerde|vergissing",
    re.I,
)


def find_signature(lines: Sequence[str], *, first: bool = False) -> int:
    """Return the line at which a signature begins, or the number of lines.

    The first thing said is none, unless `first` (below quoted text, where nothing else may follow).
    """
    said = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    for number in range(said if first else said + 1, len(lines)):
        line = lines[number]
        if (
            line.strip()
            and len(line) <= LONGEST_LINE
            and (_is_mark(lines, number) or is_added(line) or _is_notice(lines, number))
        ):
            return number
    return _find_last_words(lines, said)


def is_added(line: str) -> bool:
    """Say whether a telephone, a mail program or a virus scanner wrote this line (`Sent from my iPhone`)."""
    bare = line.strip(" \t*_[]")
    if not bare or len(bare) > WIDEST:
        return False
    if _SCANNED.match(bare):
        return True
    plain = re.sub(r"<[^<>]*>?|\([^()]*\)", "", bare).strip()
    if not _STARTS.match(plain) and not _closes(plain):
        return False
    if not _DEVICE_WORD.search(plain) or len(plain) > 80 or _SPOKEN.search(plain):
        return False
    return plain[-1:] not in {"!", "?", ";", ":"}


def _closes(line: str) -> bool:
    """Whether a line ends with the word for "sent", in languages that put it there."""
    found = _ENDS.search(line, max(0, len(line) - 24))
    return bool(found and (not found[0].lower().startswith(("ge", "ver")) or _MEINEM.match(line)))


def _is_mark(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    if len(lines) - number > LONGEST_MARKED or not _LOOSE_MARK.match(line):
        return False
    if line == MARK:
        return True
    tail = [one for one in lines[number + 1 :] if one.strip()]
    return bool(tail) and len(tail) <= LONGEST and all(len(one) <= WIDEST for one in tail)


def _is_notice(lines: Sequence[str], number: int) -> bool:
    """Whether from here on stands a notice of confidentiality, at the end and below an empty line."""
    if len(lines) - number > LONGEST_NOTICE or lines[number - 1].strip() or not _NOTICE.match(lines[number]):
        return False
    if _HEADED_NOTICE.match(lines[number]):
        return True
    tail = "\n".join(lines[number:])[:6_000]
    return len({found.lower() for found in _LEGAL.findall(tail)}) >= 2


def _find_last_words(lines: Sequence[str], said: int) -> int:
    """A last line of its own such as `Sent from a magnificent torch of pixels`: no sentence, no full stop."""
    last = next((number for number in range(len(lines) - 1, said, -1) if lines[number].strip()), len(lines))
    if last == len(lines) or lines[last - 1].strip():
        return len(lines)
    line = lines[last].strip()
    plain = bool(re.match(r"sent (?:from|via|with) ", line, re.I)) and line[-1:] not in ".,!?;:"
    return last if plain and len(line) <= 60 and not _SPOKEN.search(line) else len(lines)
