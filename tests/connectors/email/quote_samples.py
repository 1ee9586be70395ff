"""How mail programs head what they carry along, written by hand after their ways. `|` stands for a line break."""

# ruff: noqa: E501 - one line of a mail is one line here

LEADS = """
On 22/11/2026 10:00, Police wrote:
On Sun, Nov 22, 2026 at 10:00 AM Police <desk@n.example> wrote:
On Sunday 22 November 2026 at 10:00:12 GMT, Police <desk@n.example> wrote:
On Nov 22, 2026, at 10:00 AM, Police <desk@n.example> wrote:
On Sun, 22 Nov 2026 at 10:00, <desk@n.example> wrote:
Police <desk@n.example> wrote on 22 Nov 2026 10:00:
Police <desk@n.example> wrote:
---- On Sun, 22 Nov 2026 10:00:00 +0000 desk@n.example wrote ----
---- On Sun, 22 Nov 2026 10:00:00 +0000 Police <desk@n.example> wrote ---
Ar Sul, 22 Tach 2026 am 10:00 Police <desk@n.example> ysgrifennodd:
Ar 22/11/2026 10:00, ysgrifennodd Police:
Le dim. 22 nov. 2026 à 10:00, Police <desk@n.example> a écrit :
Le 22/11/2026 à 10:00, Police a écrit :
Am So., 22. Nov. 2026 um 10:00 Uhr schrieb Police <desk@n.example>:
Am 22.11.26 um 10:00 schrieb Police:
El dom, 22 nov 2026 a las 10:00, Police (<desk@n.example>) escribió:
El 22/11/26 a las 10:00, Police escribió:
Il giorno dom 22 nov 2026 alle ore 10:00 Police <desk@n.example> ha scritto:
Il 22/11/2026 10:00, Police ha scritto:
Em dom., 22 de nov. de 2026 às 10:00, Police <desk@n.example> escreveu:
Em 22/11/2026 10:00, Police escreveu:
A 22 de novembro de 2026, 10:00, Police <desk@n.example> escreveu:
Op zo 22 nov 2026 om 10:00 schreef Police <desk@n.example>:
Op 22-11-2026 om 10:00 schreef Police:
Den sön 22 nov. 2026 kl 10:00 skrev Police <desk@n.example>:
Den 2026-11-22 kl. 10:00, skrev Police:
søn. 22. nov. 2026 kl. 10:00 skrev Police <desk@n.example>:
Den søn. 22. nov. 2026 kl. 10.00 skrev Police <desk@n.example>:
su 22. marrask. 2026 klo 10.00 Police (desk@n.example) kirjoitti:
22.11.2026 klo 10.00, Police kirjoitti:
niedz., 22 lis 2026 o 10:00 Police <desk@n.example> napisał(a):
W dniu 22.11.2026 o 10:00, Police pisze:
ne 22. 11. 2026 v 10:00 odesílatel Police <desk@n.example> napsal:
Dne 22. 11. 26 v 10:00 Police napsal(a):
ne 22. 11. 2026 o 10:00 Police <desk@n.example> napísal(a):
Police <desk@n.example> ezt írta (időpont: 2026. nov. 22., V, 10:00):
2026. 11. 22. 10:00 keltezéssel, Police írta:
În dum., 22 nov. 2026 la 10:00, Police <desk@n.example> a scris:
Pe 22.11.2026 10:00, Police a scris:
вс, 22 нояб. 2026 г. в 10:00, Police <desk@n.example>:
22.11.2026 10:00, Police пишет:
нд, 22 лист. 2026 р. о 10:00 Police <desk@n.example> пише:
На нд, 22.11.2026 г. в 10:00 Police <desk@n.example> написа:
Στις Κυρ 22 Νοε 2026 στις 10:00 π.μ., ο χρήστης Police <desk@n.example> έγραψε:
Police <desk@n.example>, 22 Kas 2026 Paz, 10:00 tarihinde şunu yazdı:
22.11.2026 10:00 tarihinde Police yazdı:
ned, 22. stu 2026. u 10:00 Police <desk@n.example> napisao je:
V V ned., 22. nov. 2026 ob 10:00 je oseba Police <desk@n.example> napisala:
2026-11-22, sk, 10:00 Police <desk@n.example> rašė:
Kuupäev P, 22. november 2026 kell 10:00 kirjutas Police <desk@n.example>:
svētd., 2026. g. 22. nov., plkst. 10:00 — lietotājs Police (<desk@n.example>) rakstīja:
El dg., 22 de nov. 2026, 10:00, Police <desk@n.example> va escriure:
Pada Min, 22 Nov 2026 pukul 10.00 Police <desk@n.example> menulis:
Vào CN, 22 thg 11, 2026 vào lúc 10:00 Police <desk@n.example> đã viết:
Police <desk@n.example> 于2026年11月22日周日 10:00写道：
Police <desk@n.example> 於 2026年11月22日 週日 上午10:00寫道：
在 2026年11月22日，10:00，Police <desk@n.example> 写道：
2026年11月22日(日) 10:00 Police <desk@n.example>:
2026년 11월 22일 (일) 오전 10:00, Police <desk@n.example>님이 작성:
בתאריך יום א׳, 22 בנוב׳ 2026 ב-10:00 מאת Police <desk@n.example>:
في الأحد، 22 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Police <desk@n.example>:
ในวันที่ อา. 22 พ.ย. 2026 เวลา 10:00 Police <desk@n.example> เขียนว่า:
""".strip().split("\n")
HEADS = """
From: Police <desk@n.example>|Sent: 22 November 2026 10:00|To: Jo|Subject: RE: Noise
From: Police <desk@n.example>|Date: Sunday, 22 November 2026 at 10:00|To: Jo <jo@t.example>|Cc: |Subject: Noise
*From:* Police <desk@n.example>|*Sent:* 22 November 2026 10:00|*To:* Jo|*Subject:* Noise
Von: Police <desk@n.example>|Gesendet: Sonntag, 22. November 2026 10:00|An: Jo|Betreff: AW: Lärm
De : Police <desk@n.example>|Envoyé : dimanche 22 novembre 2026 10:00|À : Jo|Objet : RE: Bruit
De: Police <desk@n.example>|Enviado el: domingo, 22 de noviembre de 2026 10:00|Para: Jo|Asunto: RE: Ruido
De: Police <desk@n.example>|Enviada em: domingo, 22 de novembro de 2026 10:00|Para: Jo|Assunto: RES: Barulho
Da: Police <desk@n.example>|Inviato: domenica 22 novembre 2026 10:00|A: Jo|Oggetto: R: Rumore
Van: Police <desk@n.example>|Verzonden: zondag 22 november 2026 10:00|Aan: Jo|Onderwerp: RE: Lawaai
Från: Police <desk@n.example>|Skickat: den 22 november 2026 10:00|Till: Jo|Ämne: SV: Buller
Fra: Police <desk@n.example>|Sendt: 22. november 2026 10:00|Til: Jo|Emne: SV: Støj
Lähettäjä: Police <desk@n.example>|Lähetetty: sunnuntai 22. marraskuuta 2026 10.00|Vastaanottaja: Jo|Aihe: VS: Melu
Od: Police <desk@n.example>|Wysłano: niedziela, 22 listopada 2026 10:00|Do: Jo|Temat: Odp: Hałas
Od: Police <desk@n.example>|Odesláno: neděle 22. listopadu 2026 10:00|Komu: Jo|Předmět: RE: Hluk
Feladó: Police <desk@n.example>|Elküldve: 2026. november 22., vasárnap 10:00|Címzett: Jo|Tárgy: RE: Zaj
De la: Police <desk@n.example>|Trimis: duminică, 22 noiembrie 2026 10:00|Către: Jo|Subiect: RE: Zgomot
От: Police <desk@n.example>|Отправлено: 22 ноября 2026 г. 10:00|Кому: Jo|Тема: RE: Шум
Від: Police <desk@n.example>|Надіслано: 22 листопада 2026 р. 10:00|Кому: Jo|Тема: RE: Шум
Kimden: Police <desk@n.example>|Gönderildi: 22 Kasım 2026 Pazar 10:00|Kime: Jo|Konu: YNT: Gürültü
Από: Police <desk@n.example>|Στάλθηκε: Κυριακή, 22 Νοεμβρίου 2026 10:00|Προς: Jo|Θέμα: RE: Θόρυβος
发件人: Police <desk@n.example>|发送时间: 2026年11月22日 10:00|收件人: Jo|主题: 答复: 噪音
差出人: Police <desk@n.example>|送信日時: 2026年11月22日 10:00|宛先: Jo|件名: RE: 騒音
보낸 사람: Police <desk@n.example>|보낸 날짜: 2026년 11월 22일 10:00|받는 사람: Jo|제목: RE: 소음
""".strip().split("\n")
RULES = [
    "-----Original Message-----",
    "-------- Original message --------",
    "-----Ursprüngliche Nachricht-----",
]
RULES += [
    "-------- Message d'origine --------",
    "----- Mensaje original -----",
    "------------------ 原始邮件 ------------------",
]
DEVICES = """
Sent from my iPhone
Sent from my iPad
Sent from my Galaxy
Sent from my Samsung Galaxy smartphone.
Sent from my Huawei Mobile
Sent from Outlook for iOS
Sent from Outlook for Android<https://aka.ms/x>
Sent from Mail for Windows
Sent from Mail for Windows 10
Sent from Yahoo Mail for iPhone
Sent from Yahoo Mail on Android
Sent with Proton Mail secure email.
Sent via BT Email App
Sent from the all-new AOL app for iOS
Get Outlook for iOS
Get Outlook for Android <https://aka.ms/AAb9ysg>
Von meinem iPhone gesendet
Von meinem Samsung Galaxy Smartphone gesendet.
Gesendet mit der GMX Mail App
Holen Sie sich Outlook für iOS
Envoyé de mon iPhone
Envoyé depuis mon mobile Orange
Télécharger Outlook pour Android
Enviado desde mi iPhone
Obtener Outlook para iOS
Enviado do meu iPhone
Inviato da iPhone
Scarica Outlook per iOS
Verstuurd vanaf mijn iPhone
Verzonden vanaf Outlook voor Android
Skickat från min iPhone
Sendt fra min iPhone
Lähetetty iPhonesta
Wysłane z iPhone'a
Odesláno z iPhonu
Отправлено с iPhone
Надіслано з iPhone
Trimis de pe iPhone-ul meu
iPhone'umdan gönderildi
iPhoneから送信
发自我的iPhone
나의 iPhone에서 보냄
Anfonwyd o'm iPhone
""".strip().split("\n")
