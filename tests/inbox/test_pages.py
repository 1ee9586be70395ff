"""The console's pages: who sees what, what strangers' bytes may do, and how much a page asks the database."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inbox.enums import AttachmentState
from inbox.models import Attachment, Conversation, Draft, Message, RawPayload, Reply
from inbox.views.queue import PAGE
from staff.models import Member, Role
from tests.factories import make_account, make_conversation, make_member, make_message

pytestmark = pytest.mark.django_db
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def enter(member: Member) -> Client:
    client = Client()
    client.force_login(member, backend="staff.backends.DeskBackend")
    return client


@pytest.fixture
def desk(operator: Member) -> Client:
    return enter(operator)


def attach(message: Message, name: str, media_type: str, content: bytes) -> Attachment:
    stored = default_storage.save(f"tests/{name}", ContentFile(content))
    return Attachment.objects.create(
        message=message,
        name=name,
        media_type=media_type,
        size=len(content),
        stored_as=stored,
        state=AttachmentState.STORED,
    )


def test_a_stranger_is_led_to_the_sign_in_page_from_everywhere():
    conversation = make_conversation()
    for path in ("/", f"/c/{conversation.pk}/", "/queue/rows/", "/search/?q=x", "/strip/", "/announcements/"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/")


def test_an_admin_who_does_not_read_contacts_finds_no_conversation():
    conversation = make_conversation(text="Something private")
    admin = enter(make_member("Ros Hale", Role.ADMIN))
    assert admin.get("/")["Location"] == "/accounts/"
    message = conversation.messages.get()
    file = attach(message, "a.txt", "text/plain", b"x")
    for path in (
        f"/c/{conversation.pk}/",
        "/queue/rows/",
        "/search/?q=private",
        f"/messages/{message.pk}/raw/",
        f"/messages/{message.pk}/html/",
        f"/attachments/{file.pk}/",
    ):
        assert admin.get(path).status_code == 404


def test_an_auditor_reads_but_is_offered_nothing_to_press_and_is_refused_when_pressing(auditor: Member):
    conversation = make_conversation()
    client = enter(auditor)
    page = client.get(f"/c/{conversation.pk}/").content.decode()
    assert "data-claim" not in page
    assert "data-composer" not in page
    assert client.post(f"/c/{conversation.pk}/claim/").status_code == 404
    answer = client.post(f"/c/{conversation.pk}/reply/", {"way": "public", "text": "Hello", "key": "k"})
    assert answer.status_code == 404
    assert not Reply.objects.exists()


def test_what_strangers_write_is_text_everywhere_and_never_markup(desk: Client):
    conversation = make_conversation(text=NASTY, subject=NASTY, tags=[NASTY[:60]])
    conversation.person.name = NASTY
    conversation.person.save()
    conversation.person.handles.update(name=NASTY, address=NASTY)
    conversation.messages.update(quoted=NASTY, subject=NASTY, text=NASTY)
    for path in ("/", f"/c/{conversation.pk}/", "/search/?q=alert", f"/search/?q={NASTY}"):
        page = desk.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_characters_that_mislead_are_shown_by_their_number(desk: Client):
    conversation = make_conversation(text="invoice\u202egnp.exe\u200b")
    page = desk.get(f"/c/{conversation.pk}/").content.decode()
    assert "U+202E" in page
    assert "U+200B" in page
    assert "\u202e" not in page


def test_the_words_that_triage_went_by_are_marked_in_the_text(desk: Client):
    conversation = make_conversation(text="there is a <fire> & smoke")
    reasons = [
        {"rule": "fire", "title": "Fire", "weight": 4, "span": [11, 17], "quote": "<fire>", "modifier": None}
    ]
    verdict = {"level": "urgent", "score": 4, "reasons": reasons, "floor": None, "version": "v"}
    conversation.messages.update(level=2, score=4, verdict=verdict)
    page = desk.get(f"/c/{conversation.pk}/").content.decode()
    assert "there is a <mark>&lt;fire&gt;</mark> &amp; smoke" in page
    assert "(Fire, <span" in page


def test_a_file_is_only_ever_saved_and_can_neither_run_nor_be_guessed(desk: Client):
    message = make_conversation().messages.get()
    page = attach(message, 'x".html', "text/html", b"<script>alert(1)</script>")
    answer = desk.get(f"/attachments/{page.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.getvalue() == b"<script>alert(1)</script>"


def test_a_picture_is_shown_only_when_its_bytes_say_that_it_is_one(desk: Client):
    message = make_conversation().messages.get()
    real = attach(message, "a.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(20))
    false = attach(message, "b.png", "image/png", b"<svg onload=alert(1)>")
    drawn = attach(message, "c.svg", "image/svg+xml", b"<svg onload=alert(1)>")
    shown = desk.get(f"/attachments/{real.pk}/picture/")
    assert shown.status_code == 200
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown.getvalue().startswith(b"\x89PNG")
    assert desk.get(f"/attachments/{false.pk}/picture/").status_code == 404
    assert desk.get(f"/attachments/{drawn.pk}/picture/").status_code == 404


def test_a_mail_as_laid_out_runs_nothing_and_fetches_nothing(desk: Client):
    message = make_conversation().messages.get()
    Message.objects.filter(pk=message.pk).update(
        html=f"<p>Hello</p>{NASTY}<img src='https://spy.example/1.png'>"
    )
    answer = desk.get(f"/messages/{message.pk}/html/")
    page = answer.content.decode()
    assert "<p>Hello</p>" in page
    assert "script" not in page
    assert "spy.example" not in page
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_the_untouched_source_of_a_message_can_be_saved(desk: Client):
    message = make_conversation().messages.get()
    raw = RawPayload.objects.create(
        account=message.account,
        remote_id="r",
        body=b"\x00\xffraw",
        sha256=bytes(32),
        media_type="message/rfc822",
        received_at=message.received_at,
    )
    Message.objects.filter(pk=message.pk).update(raw=raw)
    answer = desk.get(f"/messages/{message.pk}/raw/")
    assert answer.content == b"\x00\xffraw"
    assert answer["Content-Disposition"] == f'attachment; filename="message-{message.pk}.eml"'


def test_every_answer_carries_the_policy_that_forbids_inline_script(desk: Client):
    conversation = make_conversation()
    for path in ("/", f"/c/{conversation.pk}/", "/queue/rows/", "/strip/", "/nothing-here/", "/login/"):
        policy = desk.get(path)["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        page = desk.get(path).content.decode()
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)


@pytest.mark.parametrize("path", ["/", "/queue/rows/", "/?tab=all", "/search/?q=Hello"])
def test_a_list_asks_the_database_as_often_for_a_full_page_as_for_one_row(desk: Client, path: str):
    account = make_account()
    make_conversation(account)
    desk.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(path)
    for _ in range(29):
        make_conversation(account)
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get(path).content.decode()
    assert page.count('class="item') >= PAGE
    assert len(thirty) == len(one)


def test_a_conversation_asks_the_database_as_often_for_thirty_messages_as_for_one(desk: Client):
    conversation = make_conversation()
    attach(make_message(conversation), "a.txt", "text/plain", b"x")
    path = f"/c/{conversation.pk}/"
    desk.get(path)
    with CaptureQueriesContext(connection) as one:
        desk.get(path)
    for _ in range(28):
        attach(make_message(conversation), "a.txt", "text/plain", b"x")
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get(path).content.decode()
    assert page.count("data-entry=") == 30
    assert len(thirty) == len(one)


def test_a_refused_reply_gives_back_every_word_with_the_reason(desk: Client):
    conversation = make_conversation()
    long = "word " * 100
    answer = desk.post(f"/c/{conversation.pk}/reply/", {"way": "public", "text": long, "key": "k1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert long in page
    assert "too long: 499 of 280" in page


def test_pressing_send_twice_sends_once(desk: Client):
    conversation = make_conversation()
    form = {"way": "public", "text": "Thank you", "key": "same"}
    for _ in range(2):
        assert desk.post(f"/c/{conversation.pk}/reply/", form).status_code == 303
    assert Reply.objects.count() == 1


def test_a_draft_is_each_members_own(desk: Client, operator: Member):
    conversation = make_conversation()
    kept = desk.post(f"/c/{conversation.pk}/draft/", {"text": "Half a ", "way": "private", "quietly": "1"})
    assert kept.status_code == 200
    assert Draft.objects.get().author == operator
    assert "Half a " in desk.get(f"/c/{conversation.pk}/").content.decode()
    assert "Half a " not in enter(make_member("Mina Ito")).get(f"/c/{conversation.pk}/").content.decode()


def test_an_urgent_conversation_is_not_resolved_without_a_number_or_a_reason(desk: Client):
    conversation = make_conversation(urgency=3)
    answer = desk.post(f"/c/{conversation.pk}/resolve/", {"outcome": "answered"})
    assert answer.status_code == 422
    assert (
        '<dialog class="dialog" id="resolve" aria-labelledby="resolve-title" open>' in answer.content.decode()
    )
    desk.post(f"/c/{conversation.pk}/resolve/", {"outcome": "incident", "incident_number": "NS-1"})
    assert Conversation.objects.get().state == "resolved"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike():
    make_member("Amrit Kaur")
    answers = [
        Client().post("/login/", {"username": name, "password": "wrong"}).content.decode()
        for name in (Member.objects.get().username, "nobody")
    ]
    plain = [
        re.sub(r'(csrfmiddlewaretoken" value|name="username"[^>]*value)="[^"]*"', "", text)
        for text in answers
    ]
    assert plain[0] == plain[1]
    assert "do not belong together" in plain[0]


def test_signing_in_leads_nowhere_outside_the_desk():
    member = make_member("Amrit Kaur")
    form = {"username": member.username, "password": "pass-word-1234"}
    for onward in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert Client().post("/login/", {**form, "next": onward})["Location"] == "/"
    assert Client().post("/login/", {**form, "next": "/?tab=mine"})["Location"] == "/?tab=mine"
