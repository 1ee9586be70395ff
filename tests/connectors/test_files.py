"""Pictures that came as addresses are fetched into the desk's own storage."""

import base64
import hashlib

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from connectors.files import TRIES, fetch_attachment, list_due
from inbox.enums import AttachmentState
from inbox.models import Attachment
from tests.connectors.conftest import poll_now
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FILE = {"name": "door.png", "type": "image/png", "base64": base64.b64encode(PIXEL).decode()}
PATHS = {
    "x_account": ("/town/x/posts", "/town/x/messages"),
    "page": ("/town/facebook/comments", "/town/facebook/messages"),
}


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("fixture", PATHS)
def test_a_picture_is_kept_byte_for_byte(request, sandbox, fixture, private):
    account = request.getfixturevalue(fixture)
    sandbox.post(PATHS[fixture][private], author="Jo", text="Look at this door", attachments=[FILE])
    poll_now(account)
    (due,) = list_due()
    assert fetch_attachment(due)
    kept = Attachment.objects.get()
    with default_storage.open(kept.stored_as) as stored:
        assert stored.read() == PIXEL
    assert bytes(kept.sha256 or b"") == hashlib.sha256(PIXEL).digest()
    assert kept.media_type == "image/png"
    assert "door" not in kept.stored_as
    assert not fetch_attachment(due)


def waiting(account, source):
    message = make_conversation(account).messages.defer("search").get()
    return Attachment.objects.create(message=message, source=source, next_attempt_at=timezone.now())


def test_a_file_on_a_strangers_host_is_not_fetched_and_the_reason_is_said(x_account, sandbox):
    row = waiting(x_account, "https://evil.example/x.png")
    assert not fetch_attachment(row.pk)
    row.refresh_from_db()
    assert row.state == AttachmentState.REFUSED
    assert "host" in row.problem


def test_a_file_that_does_not_come_is_tried_again_and_given_up_in_the_end(x_account, sandbox, settings):
    row = waiting(x_account, "https://pbs.twimg.com/media/x.png")
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    for _ in range(TRIES):
        Attachment.objects.update(next_attempt_at=timezone.now())
        row.refresh_from_db()
        assert row.state == AttachmentState.WAITING
        fetch_attachment(row.pk)
    row.refresh_from_db()
    assert row.state == AttachmentState.REFUSED
    assert row.problem
    assert list_due() == []
