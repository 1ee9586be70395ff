"""Every way in which X makes writing hard (contract sections 1.5, 1.7, 1.8 and 11), played by the sandbox."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors import errors, http
from connectors.access import open_access
from connectors.contract import Outgoing, OutgoingFile
from connectors.registry import find_connector
from inbox.models import Message
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def asked(x_account, sandbox) -> Outgoing:
    """An answer to a post that names us."""
    sandbox.post("/town/x/posts", author="Jo", text="Is the bridge closed?")
    poll_now(x_account)
    return Outgoing(
        reply_id=1,
        text="It is open again",
        visibility="public",
        target=Message.objects.defer("search").get().terms["public_target"],
        attempted_at=timezone.now(),
    )


def send(account, outgoing):
    return find_connector("twitter").send(open_access(account), outgoing)


def look(account, outgoing):
    return find_connector("twitter").find_sent(open_access(account), outgoing)


def sent(sandbox, what: str = "reply") -> list[dict[str, Any]]:
    return [entry["data"] for entry in sandbox.journal("accepted") if entry["data"].get("what") == what]


def test_a_reply_that_was_posted_before_the_line_broke_is_unknown_and_then_found(x_account, asked, sandbox):
    sandbox.fault("x", "create_tweet", "accept_then_cut")
    with pytest.raises(errors.UnknownOutcome):
        send(x_account, asked)
    assert look(x_account, asked).remote_id == sent(sandbox)[0]["id"]
    assert len(sent(sandbox)) == 1


def test_a_reply_that_was_posted_but_answered_too_late_is_unknown_and_then_found(
    x_account, asked, sandbox, monkeypatch
):
    monkeypatch.setattr(http, "READ_SECONDS", 1)
    sandbox.fault("x", "create_tweet", "accept_then_hang", seconds=4)
    with pytest.raises(errors.UnknownOutcome):
        send(x_account, asked)
    assert look(x_account, asked) is not None


def test_a_hang_without_end_is_given_up_as_unknown(x_account, asked, sandbox, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 1)
    sandbox.fault("x", "create_tweet", "hang", seconds=4)
    with pytest.raises(errors.UnknownOutcome):
        send(x_account, asked)
    assert look(x_account, asked) is None
    assert sent(sandbox) == []


def test_the_same_words_again_are_refused_as_a_duplicate_which_is_a_reason_to_look(x_account, asked, sandbox):
    first = send(x_account, asked)
    with pytest.raises(errors.Duplicate) as refusal:
        send(x_account, asked)
    assert not refusal.value.proves_unsent
    assert look(x_account, asked).remote_id == first.remote_id


def test_a_post_that_did_not_summon_us_is_refused_and_nothing_is_sent(x_account, sandbox):
    other = sandbox.post("/town/x/posts", author="Jo", text="Talking to myself", mention=False)
    with pytest.raises(errors.NotPermitted) as refusal:
        send(x_account, Outgoing(reply_id=1, text="Hello", visibility="public", target=other))
    assert refusal.value.proves_unsent


def test_a_post_that_was_deleted_meanwhile_is_said_to_be_gone(x_account, asked, sandbox):
    sandbox.call("DELETE", f"/town/x/posts/{asked.target}")
    with pytest.raises(errors.ParentGone):
        send(x_account, asked)


def test_a_page_of_html_with_503_leaves_the_outcome_open(x_account, asked, sandbox):
    sandbox.fault("x", "create_tweet", "html", status=503)
    with pytest.raises(errors.UnknownOutcome):
        send(x_account, asked)


def test_the_daily_limit_is_waited_for_until_its_own_reset(x_account, asked, monkeypatch):
    from requests import Response

    from connectors.twitter.refusals import explain_refusal

    answer = Response()
    answer.status_code, answer._content = 429, b'{"title":"Too Many Requests"}'
    day = int((datetime.now(UTC) + timedelta(hours=9)).timestamp())
    answer.headers.update(
        {
            "x-rate-limit-remaining": "60",
            "x-rate-limit-reset": str(int(datetime.now(UTC).timestamp()) + 60),
            "x-user-limit-24hour-remaining": "0",
            "x-user-limit-24hour-reset": str(day),
        }
    )
    refusal = explain_refusal(answer, writing=True)
    assert isinstance(refusal, errors.RateLimited) and refusal.proves_unsent
    assert refusal.until == datetime.fromtimestamp(day, UTC)


def test_used_up_credits_prove_that_nothing_left(x_account, asked, sandbox):
    sandbox.fault("x", "create_tweet", "status", status=402)
    with pytest.raises(errors.QuotaExhausted) as refusal:
        send(x_account, asked)
    assert refusal.value.proves_unsent and sent(sandbox) == []


def with_picture(asked: Outgoing, content: bytes, visibility: str = "public", target: str = "") -> Outgoing:
    file = OutgoingFile(
        name="map.png", media_type="image/png", size=len(content), alternative="A map", load=lambda: content
    )
    return Outgoing(
        reply_id=2,
        text="See the map",
        visibility=visibility,
        target=target or asked.target,
        files=(file, file) if visibility == "public" else (file,),
        attempted_at=timezone.now(),
    )


def test_pictures_go_out_with_their_alternative_text_and_the_reply_is_found_again(x_account, asked, sandbox):
    receipt = send(x_account, with_picture(asked, DOT))
    assert len(sent(sandbox)[0]["media"]) == 2
    assert len(sent(sandbox, "alt_text")) == 2
    assert look(x_account, with_picture(asked, b"")).remote_id == receipt.remote_id


def test_a_private_message_carries_its_picture(x_account, asked, sandbox):
    target = Message.objects.defer("search").get().terms["private_target"]
    send(x_account, with_picture(asked, DOT, "private", target))
    assert len(sent(sandbox, "message")) == 1 and len(sent(sandbox, "media")) == 1


def test_a_picture_that_did_not_arrive_proves_that_nothing_left(x_account, asked, sandbox):
    for fault in ("cut", "accept_then_cut"):
        sandbox.fault("x", "media_upload", fault)
        with pytest.raises(errors.Transient) as refusal:
            send(x_account, with_picture(asked, DOT))
        assert refusal.value.proves_unsent
    assert sent(sandbox) == []
