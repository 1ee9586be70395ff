"""Files that go out with an answer: checked, kept with the draft, sent with the reply, given back."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from inbox.capabilities import MEGABYTE, Capabilities, FileKind, FileRules
from inbox.enums import Direction, ReplyState
from inbox.errors import BadInput, CannotReply, KeyReused
from inbox.filetypes import PICTURES, find_type
from inbox.models import Attachment, Draft, Message, Reply
from inbox.services import outbox
from inbox.services.attach import Upload, add_files, clean_name, remove_file
from inbox.services.reply import ReplyRequest, reply, take_back
from inbox.services.settle import send_again
from tests.factories import make_account, make_conversation, make_member
from tests.files import GIF, JPEG, PDF, PNG, PROGRAM, WEB_PAGE, make_office

pytestmark = pytest.mark.django_db

PUBLIC = FileRules(
    most=4,
    kinds=(
        FileKind(("image/png", "image/jpeg"), 5 * MEGABYTE),
        FileKind(("image/gif",), 15 * MEGABYTE, True),
    ),
    alternative=True,
)
PRIVATE = FileRules(most=3, kinds=(FileKind((*PICTURES, "application/pdf"), MEGABYTE),), apart=True)
PIC, LETTER = Upload("door.png", PNG, "A green door"), Upload("form.pdf", PDF)


@pytest.fixture
def account():
    facts = Capabilities(public=True, private=True, public_files=PUBLIC, private_files=PRIVATE)
    return make_account(capability_facts=facts.to_json())


@pytest.fixture
def conversation(account):
    return make_conversation(account)


def ask(text="See this", visibility="public", key="k1", **more):
    return ReplyRequest(text=text, visibility=visibility, key=key, **more)


def answer(operator, conversation, **more):
    return reply(actor=operator, conversation_id=conversation.pk, request=ask(**more))


def add(operator, conversation, *uploads):
    return add_files(actor=operator, conversation_id=conversation.pk, uploads=uploads)


def read_stored(row):
    with default_storage.open(row.stored_as) as stored:
        return stored.read()


def test_the_rules_of_a_channel_survive_the_accounts_row(account):
    assert account.capabilities.public_files == PUBLIC
    assert account.capabilities.private_files == PRIVATE


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.gif", GIF, "image/gif"),
        ("a.pdf", PDF, "application/pdf"),
        ("a.docx", make_office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.docx", make_office(macros=True), ""),
        ("a.zip", make_office("stuff"), ""),
        ("a.docx", b"PK\x03\x04broken", ""),
        ("a.txt", "Grüße".encode(), "text/plain"),
        ("a.txt", b"\x00\x01", ""),
        ("a.html", WEB_PAGE, ""),
        ("a.svg", b"<svg/>", ""),
        ("a.exe", PROGRAM, ""),
        ("a.png", PROGRAM, ""),
    ],
)
def test_a_file_is_what_its_bytes_say(name, content, found):
    assert find_type(content, name) == found


def test_an_added_file_lies_under_a_name_of_ours_with_the_draft(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    assert row.draft == Draft.objects.get(author=operator, conversation=conversation)
    assert read_stored(row) == PNG
    assert "door" not in row.stored_as
    assert (row.name, row.media_type, row.alternative) == ("door.png", "image/png", "A green door")


def test_the_same_bytes_added_twice_are_one_file(operator, conversation):
    (first,), (second,) = add(operator, conversation, PIC), add(operator, conversation, PIC)
    assert first.pk == second.pk
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (Upload("virus.png", PROGRAM), "no kind that can go out"),
        (Upload("page.html", WEB_PAGE), "no kind that can go out"),
        (Upload("photo.jpg", PNG), "calls itself something else"),
        (Upload("form.docx", make_office(macros=True)), "no kind that can go out"),
        (Upload("empty.png", b""), "empty"),
        (Upload("large.pdf", PDF + b"x" * MEGABYTE), "too large"),
    ],
)
def test_what_may_not_go_out_is_refused_in_a_sentence_and_leaves_no_bytes(
    operator, conversation, upload, said
):
    before = count_stored()
    with pytest.raises(BadInput, match=said):
        add(operator, conversation, PIC, upload)
    assert not Attachment.objects.exists()
    assert count_stored() == before


def count_stored():
    folders, files = default_storage.listdir("")
    return len(files) + sum(len(default_storage.listdir(folder)[1]) for folder in folders)


def test_where_a_channel_takes_no_files_none_can_be_added(operator):
    with pytest.raises(BadInput, match="No files can go out here"):
        add(operator, make_conversation(), PIC)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\a.png", "a.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
        ("\x00", "file"),
        (".png", "png"),
    ],
)
def test_a_file_name_carries_no_folder_and_nothing_that_misleads(given, kept):
    assert clean_name(given) == kept


def test_a_file_can_be_taken_away_before_sending_by_its_author_only(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    remove_file(actor=make_member(), conversation_id=conversation.pk, file_id=row.pk)
    assert Attachment.objects.filter(pk=row.pk).exists()
    remove_file(actor=operator, conversation_id=conversation.pk, file_id=row.pk)
    assert not Attachment.objects.filter(pk=row.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_a_file_that_was_taken_away_are_gone(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    remove_file(actor=operator, conversation_id=conversation.pk, file_id=row.pk)
    assert not default_storage.exists(row.stored_as)


def test_a_reply_carries_its_files_and_its_draft_is_empty(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    made = answer(operator, conversation, files=(row.pk,))
    assert list(made.files.all()) == [row]
    assert not Draft.objects.exists()


def test_a_picture_alone_is_an_answer(operator, conversation):
    made = answer(operator, conversation, text=" ", uploads=(PIC,))
    assert (made.text, made.files.get().name) == ("", "door.png")


def test_the_same_press_again_is_the_same_reply_with_its_files_once(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    first = answer(operator, conversation, files=(row.pk,))
    assert answer(operator, conversation, files=(row.pk,)).pk == first.pk
    assert answer(operator, conversation, uploads=(PIC,)).pk == first.pk
    assert (Reply.objects.count(), Attachment.objects.count()) == (1, 1)
    with pytest.raises(KeyReused):
        answer(operator, conversation, uploads=(Upload("other.jpg", JPEG),))


@pytest.mark.django_db(transaction=True)
def test_a_press_that_is_repeated_leaves_no_second_copy_in_storage_or_draft(operator, conversation):
    answer(operator, conversation, uploads=(PIC,))
    before = count_stored()
    (row,) = add(operator, conversation, PIC)
    answer(operator, conversation, files=(row.pk,))
    answer(operator, conversation, uploads=(PIC,))
    assert count_stored() == before
    assert not Attachment.objects.filter(draft__isnull=False).exists()


def test_a_file_of_another_reply_or_of_a_colleague_does_not_go_out(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    with pytest.raises(BadInput, match="not there any more"):
        answer(make_member(), conversation, files=(row.pk,))
    answer(operator, conversation, files=(row.pk,))
    with pytest.raises(BadInput, match="another reply"):
        answer(operator, conversation, key="k2", files=(row.pk,))


@pytest.mark.parametrize(
    ("uploads", "said"),
    [
        ((LETTER,), "form.pdf cannot go out this way"),
        ((PIC, Upload("a.gif", GIF)), "by itself"),
        (tuple(Upload(f"{n}.png", PNG + bytes([n])) for n in range(5)), "too many"),
    ],
)
def test_what_does_not_fit_the_way_is_refused_before_anything_is_written(
    operator, conversation, uploads, said
):
    before = count_stored()
    with pytest.raises(CannotReply, match=said):
        answer(operator, conversation, uploads=uploads)
    assert not Reply.objects.exists()
    assert count_stored() == before


def test_an_answer_that_may_carry_words_only_says_so(operator, account):
    terms = {"public_target": "t1", "private_target": "t2", "private_files_refusal": "Words only."}
    with pytest.raises(CannotReply, match="Words only"):
        answer(operator, make_conversation(account, terms=terms), visibility="private", uploads=(PIC,))


def test_taking_back_gives_words_and_files_back(operator, conversation):
    made = answer(operator, conversation, uploads=(PIC,))
    take_back(actor=operator, reply_id=made.pk)
    draft = Draft.objects.get()
    assert (draft.text, draft.files.get().name) == ("See this", "door.png")
    again = answer(operator, conversation, key="k2", files=(draft.files.get().pk,))
    assert again.files.count() == 1


def in_parts(operator, conversation):
    """A text and two files where each is a message of its own."""
    answer(operator, conversation, visibility="private", uploads=(PIC, LETTER))
    Reply.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    return list(Reply.objects.order_by("pk"))


def test_where_a_channel_carries_words_or_a_file_each_part_waits_for_the_one_before(operator, conversation):
    words, picture, letter = in_parts(operator, conversation)
    assert [words.text, picture.text, letter.text] == ["See this", "", ""]
    assert (picture.after, letter.after) == (words, picture)
    for part, remote in ((words, "r1"), (picture, "r2"), (letter, "r3")):
        assert outbox.due_replies() == [part.pk]
        leased = outbox.lease_reply(part.pk)
        outbox.mark_sent(part.pk, fence=leased.fence, remote_id=remote)
    assert Message.objects.filter(direction=Direction.OUT).count() == 3


def test_parts_wait_while_nobody_knows_what_became_of_the_first(operator, conversation):
    words, picture, _ = in_parts(operator, conversation)
    leased = outbox.lease_reply(words.pk)
    outbox.mark_unknown(words.pk, fence=leased.fence)
    assert outbox.due_replies() == []
    assert outbox.lease_reply(picture.pk) is None
    outbox.mark_sent(words.pk, fence=None, remote_id="r1")
    assert outbox.due_replies() == [picture.pk]


def test_parts_of_an_answer_that_failed_fail_too_and_go_out_again_with_it(operator, conversation):
    words, picture, letter = in_parts(operator, conversation)
    leased = outbox.lease_reply(words.pk)
    outbox.mark_failed(words.pk, fence=leased.fence, kind="not_allowed", sentence="No.")
    for part in (picture, letter):
        part.refresh_from_db()
        assert part.state == ReplyState.FAILED
        assert "not sent either" in part.error_text
    send_again(actor=operator, reply_id=words.pk)
    Reply.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert outbox.due_replies() == [words.pk]
    letter.refresh_from_db()
    assert letter.state == ReplyState.QUEUED


def test_taking_back_the_first_part_takes_back_all_of_it(operator, conversation):
    words, _, _ = in_parts(operator, conversation)
    take_back(actor=operator, reply_id=words.pk)
    assert set(Reply.objects.values_list("state", flat=True)) == {"cancelled"}
    draft = Draft.objects.get()
    assert (draft.text, draft.files.count()) == ("See this", 2)


def test_a_sent_reply_shows_our_file_in_the_thread_and_not_the_echos(operator, conversation):
    made = answer(operator, conversation, uploads=(PIC,))
    Reply.objects.update(not_before=made.created_at)
    leased = outbox.lease_reply(made.pk)
    (file,) = leased.files
    assert (file.name, file.alternative, file.size) == ("door.png", "A green door", len(PNG))
    echo = Message.objects.create(
        conversation=conversation,
        account=conversation.account,
        remote_id="r1",
        direction=Direction.OUTSIDE,
        visibility="public",
        text="See this",
        written_at=made.created_at,
        received_at=made.created_at,
    )
    Attachment.objects.create(message=echo, source="https://cdn.example/1.png")
    outbox.mark_sent(made.pk, fence=leased.fence, remote_id="r1")
    (shown,) = echo.attachments.all()
    assert (shown.name, shown.reply_id) == ("door.png", made.pk)


def enter(member):
    client = Client()
    client.force_login(member, backend="staff.backends.DeskBackend")
    return client


def png(name="door.png", content=PNG):
    return SimpleUploadedFile(name, content, "application/octet-stream")


def test_without_script_files_are_added_described_taken_away_and_sent(operator, conversation):
    desk, base = enter(operator), f"/c/{conversation.pk}"
    desk.post(f"{base}/files/", {"text": "Half", "way": "public", "files": [png(), png("b.jpg", JPEG)]})
    first, second = Attachment.objects.order_by("pk")
    page = desk.get(f"{base}/").content.decode()
    assert "door.png" in page
    assert "Half" in page
    described = {"text": "Half", "way": "public", f"alternative-{first.pk}": "A door"}
    desk.post(f"{base}/files/{second.pk}/remove/", described)
    first.refresh_from_db()
    assert (first.alternative, Attachment.objects.count()) == ("A door", 1)
    desk.post(f"{base}/reply/", {"text": "Whole", "way": "public", "key": "k", "file": [first.pk]})
    made = Reply.objects.get()
    assert (made.text, made.files.get()) == ("Whole", first)
    assert "Show the picture: A door" in desk.get(f"{base}/").content.decode()


def test_a_refused_file_keeps_the_words_and_the_other_files(operator, conversation):
    desk, base = enter(operator), f"/c/{conversation.pk}"
    desk.post(f"{base}/files/", {"text": "x", "way": "public", "files": [png()]})
    bad = {"text": "My long words", "way": "public", "files": [png("evil.exe", PROGRAM)]}
    answered = desk.post(f"{base}/files/", bad)
    page = answered.content.decode()
    assert answered.status_code == 422
    assert "evil.exe is of no kind that can go out here" in page
    assert "My long words" in page
    assert "door.png" in page


def test_files_chosen_and_sent_in_one_press_go_out_and_stay_when_refused(operator, conversation):
    desk, base = enter(operator), f"/c/{conversation.pk}"
    form = {"text": "Hello", "way": "private", "key": "k", "files": [png()], "seen_version": 99}
    assert desk.post(f"{base}/reply/", form).status_code == 409
    assert Draft.objects.get().files.count() == 1
    form = {"text": "Hello", "way": "public", "key": "k", "file": [Attachment.objects.get().pk]}
    desk.post(f"{base}/reply/", form)
    assert Reply.objects.get().files.count() == 1


def test_a_file_of_a_draft_is_seen_by_its_author_alone_and_of_a_reply_by_everybody(operator, conversation):
    (row,) = add(operator, conversation, PIC)
    address = f"/attachments/{row.pk}/picture/"
    assert b"".join(enter(operator).get(address)) == PNG
    assert enter(make_member()).get(address).status_code == 404
    answer(operator, conversation, files=(row.pk,))
    assert b"".join(enter(make_member()).get(address)) == PNG


def test_a_script_sends_files_as_multipart_and_the_same_key_again_is_the_same_reply(operator, conversation):
    desk = enter(operator)
    address = f"/api/v1/conversations/{conversation.pk}/reply/"

    def send():
        form = {"text": "", "visibility": "public", "idempotency_key": "s1", "alternatives": ["A door"]}
        return desk.post(address, form | {"files": [png()]})

    first = send()
    assert first.status_code == 201, first.content
    (file,) = first.json()["files"]
    assert (file["name"], file["alternative"], file["media_type"]) == ("door.png", "A door", "image/png")
    assert send().json()["id"] == first.json()["id"]
    assert Attachment.objects.count() == 1
    refused = desk.post(address, {"visibility": "public", "files": [png("evil.exe", PROGRAM)]})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "files")
    assert not Draft.objects.exists()
