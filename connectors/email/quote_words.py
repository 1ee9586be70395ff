"""The words by which mail programs, in many languages, mark what they carry along.

Gathered from how the programs of Google, Microsoft, Apple, Mozilla, Yahoo, Zoho, Proton and others head an
answer. Words of one row belong to one language or to a few near ones.
"""

import re


def _any(*rows: str) -> str:
    """Return a pattern for any of the expressions in the rows."""
    return "(?:" + "|".join(rows) + ")"


def _compile(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.I)


WROTE = _compile(
    r"(?<!\w)"
    + _any(
        r"wrote|writes|écrit|schrieb|schreibt|escribió|escribio|ha scritto|scrisse",
        r"escreveu|escrigué",
        r"va escriure",
        r"schreef|het volgende geschreven|skrev|skrifaði|kirjoitti|kirjutas|rakstīja",
        r"rašė|parašė|idatzi du",
        r"napisał\(?a?\)?|napisał|pisze|napsal\(?a?\)?|napsal|napísal\(?a?\)?|napísal|napisao",
        r"napisala?|je pisal\w?",
        r"написала?|написа|пишет|писал\w?|пише|написав|a scris|(?:ezt )?írta|yazdı",
        r"şunu yazdı|έγραψε|menulis",
        r"ysgrifennodd|scríobh|sgrìobh|đã viết|เขียนว่า|님이 작성|작성",
    )
    + r"(?!\w)|כתבה?|写道|寫道|のメール|wrote|تمت كتابة|كتب|님이 작성"
)
# A person telling of another, where a mail program would give a name.
NARRATED = _compile(
    r"\b(?:he|she|they|it|i|we|who|someone|somebody|my \w+|his \w+|her \w+|our \w+|the \w+"
    r"|a \w+) (?:wrote|writes)\b"
    r"|\b(?:schrieb|schreibt) (?:er|sie|es|ich|mir|mein\w*|jemand|der|die|das)\b|\b(?:er|sie"
    r"|jemand) schrieb\b"
    r"|\b(?:il|elle|on|qui|mon \w+|ma \w+) (?:m[’']?)?a écrit\b|\b(?:schreef"
    r"|skrev) (?:hij|ze|zij|ik"
    r"|han|hun|hon|jag|jeg)\b"
)
_OPENINGS = _any(
    r"on|le|am|el|il|em|op|den|d\.|på|pe|dne|dnia|w dniu|в|на|у|ar|a\(z\)|στις|ma|ti|to",
    r"in data|în|dia",
    r"vào|pada",
    r"kuupäev|um|ci|bei|ngày|na|ve|wed|\w{2,4}\. \d{1,2}\.|data|date|datum|ned|ב[ -]?\w*",
    r"في|ในวันที่|בתאריך",
)
OPENS = _compile(rf"{_OPENINGS}(?![\w-])[^@]{{0,80}}?\d")
MOMENT = _compile(
    r"(?<!\d)(?:19|20|25)\d\d(?!\d)|(?<!\d)\d{1,2}[:.]\d\d(?!\d)"
    r"|(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d\d|\d ?[年년]"
)
DAY = _compile(
    r"(?<!\d)(?:19|20|25)\d\d(?!\d)|(?<!\d)\d{1,2}[/.-] ?\d{1,2}[/.-] ?\d\d"
    r"|(?<![\d:.])\d{1,2}\.? [^\W\d]{3,}|[^\W\d]{3,}\.? \d{1,2},"
)
HOUR = _compile(r"(?<![\d/-])\d{1,2}[:.h]\d\d(?![./-]?\d{3})")
ENCLOSED = _compile(r"(?:<|&lt;|\(|\[)\s*(?:mailto:)?[^<>()\[\]\s@]{1,128}@[^<>()\[\]\s@]{1,255}")
ADDRESSED = _compile(r"[^\s<>@]@[^\s<>@]+\.[^\s<>@]")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LABELLED = _compile(r"[^\W\d][^:：@<>]{0,28}[:：]\s+\S")

_ORIGINAL = _any(
    r"original (?:message|mail|e-?mail|appointment)|message d'origine|message original",
    r"rendez-vous d'origine",
    r"ursprüngliche (?:nachricht|e-?mail)|originalnachricht|ursprünglicher termin|mensaje original",
    r"missatge original",
    r"messaggio originale|mensagem original|oorspronkelijk(?:e)? (?:bericht|afspraak)",
    r"reply message",
    r"antwort nachricht",
    r"oprindelig (?:meddelelse|besked)|ursprungligt meddelande|opprinnelig (?:melding|e-post)",
    r"alkuperäinen viesti",
    r"исходное сообщение|оригинално съобщение|вихідне повідомлення|оригінальне повідомлення",
    r"původní (?:zpráva|e-mail)",
    r"pôvodná správa|(?:wiadomość oryginalna|oryginalna wiadomość)|eredeti üzenet",
    r"mesaj(?:ul)? original",
    r"orijinal (?:mesaj|ileti)|özgün ileti|αρχικό μήνυμα|הודעה מקורית|الرسالة الأصلية",
    r"原始邮件|邮件原件|原始郵件",
    r"元のメッセージ|원본 ?(?:메시지|메일)|thư gốc|tin nhắn gốc|ข้อความต้นฉบับ|izvorna poruka|izvirno sporočilo",
    r"algne (?:kiri|sõnum)|sākotnējais ziņojums|pradinis laiškas|neges wreiddiol|pesan asli",
)
ORIGINAL = _compile(rf"[ \t>]*[-_*=]{{2,}}[ \t]*{_ORIGINAL}[^\n]{{0,40}}$")
HEADED = _compile(r"[ \t>]*[-_*=]{2,}[ \t]*[^\W\d_][\w' .]{3,40}[ \t]*[-_*=]{2,}[ \t]*$")
ABOVE = _compile(
    r"[ \t>]*[-_=#*]{0,20}[^\n]{0,20}(?:reply|write|type|respond) (?:above|over) (?:this"
    r"|the) line[^\n]{0,40}$"
)
_FORWARD = _any(
    r"forwarded|weitergeleitete?|transféré|réexpédié|reenviado|reenviat|inoltrato",
    r"encaminhada|reencaminhada",
    r"doorgestuurd|vidarebefordra(?:t|de)|videresendt|välitet(?:ty|yn)|edelleenlähetetty",
    r"przekaz(?:ana|ywanej)|przesłana",
    r"přeposlan(?:á|é)|preposlan(?:á|ej)|továbbított|пересылаемое|пересланное|переадресован\w+",
    r"препратено|iletil(?:en|miş)",
    r"redirecționat|transmis|προωθ\w+|转发|轉寄|轉發|転送|전달|chuyển tiếp|proslijeđena",
    r"posredovano|diteruskan",
    r"הועברה|معاد توجيهها",
)
FORWARDED = _compile(
    rf"[ \t]*(?:[-_*=]{{2,}}[ \t]*[^\n]{{0,30}}{_FORWARD}"
    r"|begin (?:forwarded message|doorgestuurd)|anfang der weitergeleiteten"
    r"|début du message (?:réexpédié|transféré)"
    r"|inicio del mensaje reenviado|inizio (?:messaggio|del messaggio) inoltrato"
    r"|início da mensagem (?:re)?encaminhada"
    r"|vidarebefordrat brev|start på videresendt|videresendt melding|välitetty viesti"
    r"|początek przekazywanej"
    r"|začátek přeposlané|továbbított levél|начало переадресованного"
    r"|початок переадресованого|下面是被转发的邮件"
    r"|開始轉寄|転送されたメッセージ|전달된 메시지)"
)
PASSED_ON = _compile(
    r"\s*(?:fwd?|wg|tr|rv|i|vs|vb|enc|doorst|pd|přeposláno|továbbítás|ilt|转发|轉寄|転送"
    r"|пересл|переслать)\s*[:：]"
)

_FROM = (
    r"from|de|von|da|van|från|fra|frá|lähettäjä|от|від|od|feladó|de la|expeditor|kimden"
    r"|gönderen|από"
    r"|מאת|من|发件人"
    r"|寄件者|寄件人|差出人|送信者|보낸 ?사람|từ|จาก|šalje|saatja"
    r"|no|sūtītājs|nuo|oddi wrth|gan|dari|message du"
)
_SENT = (
    r"sent|date|envoyé(?: le)?|date d'envoi|enviado(?: el| em)?|enviada em|fecha|gesendet|datum"
    r"|inviato|data|verzonden"
    r"|skickat|sendt|dato|lähetetty|päiväys|päivämäärä|отправлено|дата|надіслано|изпратено|odesláno"
    r"|odoslané|dátum"
    r"|wysłano|elküldve|küldve|trimis|gönderildi|tarih|στάλθηκε|ημερομηνία|נשלח|תאריך|تاريخ الإرسال"
    r"|التاريخ|发送时间"
    r"|日期|傳送時間|寄件日期|送信日時|日付|日時|보낸 ?날짜|날짜"
    r"|đã gửi|ngày|ส่ง|วันที่|poslano|saadetud|kuupäev|nosūtīts"
    r"|išsiųsta|dagsetning|anfonwyd|dyddiad|dikirim|tanggal"
)
_TO = (
    r"to|à|a|an|para|aan|till|til|vastaanottaja|кому|до|komu|do|címzett|către|la|kime|alıcı|προς|אל"
    r"|إلى|收件人|收件者"
    r"|宛先|받는 ?사람|đến|tới|ถึง|za|prima|saaja|adressaat|kam|adresāts|at|ke|kepada|per"
)
_SUBJECT = (
    r"subject|objet|sujet|asunto|betreff|oggetto|assunto|assumpte|onderwerp|ämne|emne|aihe|тема"
    r"|относно|předmět"
    r"|predmet|temat|tárgy|subiect|konu|θέμα|נושא|الموضوع|主题|主旨|件名|제목|chủ đề|tiêu đề"
    r"|หัวเรื่อง|เรื่อง|zadeva"
    r"|teema|tēma|temats|tema|efni|pwnc|testun|subjek|perihal"
)
_OTHER = (
    r"cc|bcc|reply-to|répondre à|copie à|kopie|kopio|kopia|kópia|kopi|másolat|bilgi"
    r"|копия|копія|עותק|抄送|副本|참조"
    r"|importance|wichtigkeit|priority|attachments?|anlagen|pièces jointes|mailed-by|signed-by|when"
    r"|where|organi[sz]er"
)
FIELD = _compile(
    rf"[ \t>*]*(?:(?P<from>{_FROM})|(?P<sent>{_SENT})|(?P<to>{_TO})|(?P<subject>{_SUBJECT})"
    rf"|(?P<other>{_OTHER}))"
    r"[ \t\xa0]?\*?[:：]\*?[ \t\xa0]*(?P<value>.*)$"
)
RULE = _compile(r"[ \t]*(?:_{5,}|-{20,}|={4,}|\*{5,}|—{5,})[ \t]*$")
