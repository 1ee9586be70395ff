"""Files travel from the compose box to the platform, once, or the reply says why not."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from connectors.delivery import deliver_reply
from connectors.reconciling import look_for_reply
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services.attach import Upload
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import poll_now
from tests.files import PDF, PNG

pytestmark = pytest.mark.django_db
DOOR, FORM = Upload("door.png", PNG, "A green door"), Upload("form.pdf", PDF)


def write(operator, visibility, *uploads, text="We are here."):
    request = ReplyRequest(text=text, visibility=visibility, key="k1", uploads=uploads)
    first = reply(actor=operator, conversation_id=Conversation.objects.get().pk, request=request)
    Reply.objects.update(not_before=first.created_at)
    return list(Reply.objects.order_by("pk"))


def deliver(row):
    deliver_reply(row.pk)
    row.refresh_from_db()
    return row.state


@pytest.fixture
def comment(page, sandbox):
    identity = sandbox.post("/town/facebook/comments", author="Jo", text="Is the road open?")
    poll_now(page)
    return identity


@pytest.fixture
def message(page, sandbox):
    identity = sandbox.post("/town/facebook/messages", author="Jo", text="Is the road open?")
    poll_now(page)
    return identity


def test_a_comment_goes_out_with_its_picture(comment, sandbox, operator):
    (row,) = write(operator, "public", DOOR)
    assert deliver(row) == ReplyState.SENT
    (answer,) = sandbox.replies(comment)["public"]
    assert answer["text"] == "We are here."
    assert answer["attachments"][0]["type"] == "image/png"
    assert row.message.attachments.get().name == "door.png"


def test_a_picture_that_the_platform_did_not_take_proves_that_no_comment_left(comment, sandbox, operator):
    sandbox.fault("facebook", "create_photo", "accept_then_cut", times=1)
    (row,) = write(operator, "public", DOOR)
    assert deliver(row) == ReplyState.QUEUED
    Reply.objects.update(not_before=timezone.now())
    assert deliver(row) == ReplyState.SENT
    assert len(sandbox.replies(comment)["public"]) == 1


def test_a_file_that_is_gone_from_the_storage_proves_that_nothing_left(comment, sandbox, operator):
    (row,) = write(operator, "public", DOOR)
    stored = Path(default_storage.path(row.files.get().stored_as))
    stored.unlink()
    assert deliver(row) == ReplyState.FAILED
    assert "door.png is not in the storage" in row.error_text
    assert sandbox.replies(comment)["public"] == []


def test_words_and_files_go_to_messenger_one_after_the_other(message, sandbox, operator):
    rows = write(operator, "private", DOOR, FORM)
    assert [deliver(row) for row in rows] == [ReplyState.SENT] * 3
    words, picture, letter = sandbox.replies(message)["private"]
    assert (words["text"], words["attachments"]) == ("We are here.", [])
    assert [one["attachments"][0]["name"] for one in (picture, letter)] == ["door.png", "form.pdf"]


def test_a_file_whose_fate_is_unknown_is_found_by_looking_and_not_sent_twice(message, sandbox, operator):
    words, picture = write(operator, "private", DOOR)
    assert deliver(words) == ReplyState.SENT
    sandbox.fault("facebook", "send_message", "accept_then_cut", times=1)
    assert deliver(picture) == ReplyState.UNKNOWN
    Reply.objects.update(next_look_at=timezone.now())
    assert look_for_reply(picture.pk)
    assert len(sandbox.replies(message)["private"]) == 2


def test_the_echo_of_a_sent_file_is_no_second_message(message, page, sandbox, operator):
    rows = write(operator, "private", DOOR)
    for row in rows:
        deliver(row)
    poll_now(page)
    assert Message.objects.count() == 3
    assert Message.objects.get(reply=rows[1]).attachments.get().name == "door.png"


def test_a_private_answer_to_a_comment_carries_words_only(comment, page):
    terms = Message.objects.defer("search").get().terms
    assert "words only" in terms["private_files_refusal"]
