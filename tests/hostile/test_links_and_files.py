"""Links and files of strangers lead nowhere that they should not, and every file can be saved."""

import re

import pytest
from django.test import Client

from inbox.incoming import IncomingFile
from inbox.models import Attachment
from tests.factories import make_account, make_member
from tests.hostile.strings import WORST, read_attacks
from tests.inbox.pages import load, say, store

pytestmark = pytest.mark.django_db
SCHEMES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    " javascript:1",
    "//evil.example",
    "\x01https:",
)


@pytest.fixture
def window() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_member("Sue"))
    return client


@pytest.mark.parametrize("url", SCHEMES)
def test_what_is_no_web_address_never_becomes_a_link(window, url):
    store(make_account(), say("p1", url=url))
    message = load()
    assert message.url == ""
    assert "See it on" not in window.get(f"/c/{message.conversation_id}/").content.decode()


@pytest.mark.parametrize("name", ["", "!!!", "😀", "..", "/", "???.***", *WORST])
def test_a_file_can_be_saved_whatever_it_is_called(window, name):
    save_all(window, [name])


def test_a_file_named_like_an_attack_is_saved_under_harmless_signs(window):
    save_all(window, read_attacks())


def save_all(window: Client, names: list[str]) -> None:
    """Store files under these names, and save each."""
    files = [IncomingFile(name, "text/html", b"<script>") for name in names]
    items = [say(f"p{n}", files=(file,)) for n, file in enumerate(files)]
    store(make_account(), *items)
    assert Attachment.objects.count() == len(names)
    for row in Attachment.objects.all():
        answer = window.get(f"/attachments/{row.pk}/")
        assert answer.status_code == 200, row.name
        assert answer.getvalue() == b"<script>"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        said = answer.headers["Content-Disposition"]
        assert re.fullmatch(r"attachment; filename(=\"[-\w.]+\"|\*=utf-8''[-\w.%]+)", said), said
