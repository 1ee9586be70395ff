"""Every fault of the Graph API and of its library that the contract names (sections 2.1 and 11), by name."""

import time
from datetime import timedelta

import facebook
import pytest
from django.utils import timezone

from connectors import errors, http
from connectors.access import open_access
from connectors.contract import Outgoing
from connectors.delivery import deliver_reply
from connectors.facebook.client import Client
from connectors.models import Account, AccountState
from connectors.polling import poll_account
from connectors.reconciling import look_for_reply
from connectors.registry import find_connector
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db
TOKEN = "sandbox-page-token-1"
ME = "104000000000001"


@pytest.fixture
def client(page) -> Client:
    return Client(open_access(page))


@pytest.fixture
def person(page, sandbox) -> str:
    """The id of somebody who has just written in Messenger."""
    sandbox.post("/town/facebook/messages", author="Cy", text="Hello?")
    poll_now(page)
    return str(Message.objects.defer("search").get().terms["private_target"]).split(":")[1]


def write(sandbox, text="Road closed?", author="Ann", **more):
    return sandbox.post("/town/facebook/comments", author=author, text=text, **more)


def collected():
    return set(Message.objects.values_list("remote_id", flat=True))


# The library's own faults (contract section 2.1).


def test_library_fault_nested_parameters_are_silently_corrupted(client, person, sandbox):
    fields = {"recipient": {"id": person}, "message": {"text": "Hi"}, "messaging_type": "RESPONSE"}
    with pytest.raises(facebook.GraphAPIError, match="must be a JSON object"):
        client.graph.request(f"v26.0/{ME}/messages", post_args=dict(fields))
    assert client.write(f"{ME}/messages", **fields)["message_id"]


def test_library_fault_an_empty_object_on_a_503_is_taken_for_success(client, sandbox, page):
    sandbox.fault("facebook", "create_comment", "empty", times=2, status=503)
    post = write(sandbox)
    assert client.graph.request(f"v26.0/{post}/comments", post_args={"message": "Hi"}) == {}
    with pytest.raises(errors.UnknownOutcome):
        client.write(f"{post}/comments", message="Hi")
    sandbox.fault("facebook", "feed", "empty", times=1, status=503)
    with pytest.raises(errors.Transient):
        client.read(f"{ME}/feed")


def test_library_fault_there_is_no_timeout(client, sandbox, page, monkeypatch):
    assert client.graph.timeout is None
    monkeypatch.setattr(http, "READ_SECONDS", 1)
    sandbox.fault("facebook", "feed", "hang", times=1, seconds=30)
    began = time.monotonic()
    with pytest.raises(errors.Transient):
        client.read(f"{ME}/feed")
    post = write(sandbox)
    sandbox.fault("facebook", "create_comment", "hang", times=1, seconds=30)
    with pytest.raises(errors.UnknownOutcome):
        client.write(f"{post}/comments", message="Hi")
    assert time.monotonic() - began < 15


def test_library_fault_a_page_of_html_has_no_code(client, sandbox, page):
    sandbox.fault("facebook", "feed", "html", times=2, status=500)
    with pytest.raises(facebook.GraphAPIError) as found:
        client.graph.request(f"v26.0/{ME}/feed")
    assert found.value.code is None
    with pytest.raises(errors.Transient):
        client.read(f"{ME}/feed")


def test_library_fault_its_paging_breaks_where_next_has_no_token(client, sandbox, page):
    ids = sandbox.call(
        "POST",
        "/town/facebook/comments",
        json=[{"author": f"P{number}", "text": f"Post {number}"} for number in range(130)],
    )["ids"]
    sandbox.fault("facebook", "feed", "next_without_token", times=0)
    poll_now(page)
    assert collected() == set(ids)


def test_library_fault_new_versions_are_refused_as_an_argument(client):
    with pytest.raises(facebook.GraphAPIError):
        facebook.GraphAPI(TOKEN, version="26.0")
    assert client.graph.version == "v26.0"


# Reading (contract section 11, Graph).


def test_comments_are_asked_for_at_all_levels_newest_first_not_ranked(page, sandbox):
    post = write(sandbox)
    comment = write(sandbox, "Yes", "Ben", in_reply_to=post)
    deep = write(sandbox, "Since when?", "Cy", in_reply_to=comment)
    poll_now(page)
    assert {post, comment, deep} <= collected()


def test_a_new_comment_on_an_old_post_is_found_by_the_deep_sweep(page, sandbox, monkeypatch):
    old = write(sandbox, "An old post", created_at=(timezone.now() - timedelta(days=200)).isoformat())
    many = [{"author": f"P{number}", "text": f"Post {number}"} for number in range(150)]
    sandbox.call("POST", "/town/facebook/comments", json=many)
    poll_now(page)
    comment = write(sandbox, "He still threatens me", "Ben", in_reply_to=old)
    poll_now(page)
    assert comment in collected()
    assert old not in collected()


@pytest.mark.parametrize("is_deep", [True, False])
def test_an_empty_page_that_names_a_next_one_is_not_the_end(page, sandbox, is_deep):
    poll_now(page)
    many = [{"author": f"P{number}", "text": f"Post {number}"} for number in range(120)]
    ids = sandbox.call("POST", "/town/facebook/comments", json=many)["ids"]
    sandbox.fault("facebook", "feed", "empty_page", times=1)
    later = page.cursor | {"deep_at": 0 if is_deep else time.time() + 9_999}
    Account.objects.filter(pk=page.pk).update(cursor=later, next_poll_at=timezone.now())
    assert poll_account(page.pk)
    assert collected() == set(ids[:20])


def test_an_empty_page_of_threads_that_names_a_next_one_is_not_the_end(page, sandbox):
    talks = [{"author": f"P{number}", "text": "Hello?"} for number in range(60)]
    sandbox.call("POST", "/town/facebook/messages", json=talks)
    sandbox.fault("facebook", "conversations", "empty_page", times=1)
    poll_now(page)
    assert Message.objects.count() == 10


def test_without_the_writers_name_every_comment_is_its_own_conversation(page, sandbox):
    sandbox.fault("facebook", "*", "no_from", times=0)
    post = write(sandbox)
    write(sandbox, "Yes", in_reply_to=post)
    poll_now(page)
    assert Conversation.objects.count() == 2
    assert {message.handle.name for message in Message.objects.defer("search")} == {"Facebook user"}


def test_ids_as_numbers_are_the_same_ids(page, sandbox):
    post = write(sandbox)
    poll_now(page)
    sandbox.fault("facebook", "feed", "numeric_ids", times=0)
    poll_now(page)
    assert post in collected()


@pytest.mark.parametrize(
    ("subcode", "why"), [(460, "password"), (463, "time ran out"), (458, "app was removed"), (492, "no role")]
)
def test_a_dead_token_stops_the_account_says_why_and_keeps_cursor_and_history(page, sandbox, subcode, why):
    write(sandbox)
    poll_now(page)
    cursor = page.cursor
    sandbox.fault("facebook", "*", "status", times=0, status=400, code=190, subcode=subcode)
    poll_now(page)
    assert page.state == AccountState.RECONNECT
    assert why in page.problem
    assert set(page.cursor) == {name for name in cursor if not name.endswith("_at")}
    assert Message.objects.count() == 1


def test_throttling_by_80001_is_kept_to_the_minute_that_the_headers_say(page, sandbox):
    sandbox.fault("facebook", "feed", "status", times=1, status=400, code=80001, seconds=420)
    poll_now(page)
    assert (page.state, page.problem_kind) == (AccountState.ACTIVE, "rate_limited")
    wait = (page.limited_until - timezone.now()).total_seconds()
    assert 300 < wait <= 480
    assert not poll_account(page.pk)


@pytest.mark.parametrize("fault", ["html", "empty", "malformed", "truncated", "cut"])
def test_a_fault_while_reading_loses_nothing(page, sandbox, fault):
    poll_now(page)
    ids = {write(sandbox, f"Post {number}") for number in range(3)}
    sandbox.fault("facebook", "feed", fault, times=1, status=503)
    poll_now(page)
    assert page.problem
    poll_now(page)
    assert collected() == ids


# Writing.


@pytest.fixture
def queued(page, sandbox, operator):
    """A comment that is due, beneath something that the public wrote."""
    write(sandbox)
    poll_now(page)
    request = ReplyRequest(text="We are here.", visibility="public", key="k1")
    row = reply(actor=operator, conversation_id=Conversation.objects.get().pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    return row


def deliver(row):
    deliver_reply(row.pk)
    row.refresh_from_db()
    return row.state


@pytest.mark.parametrize(
    ("code", "subcode", "state", "said"),
    [
        (100, 33, ReplyState.FAILED, "gone or hidden"),
        (368, 1390008, ReplyState.FAILED, "blocked this for a while"),
        (506, None, ReplyState.UNKNOWN, "sent already"),
        (551, 1545041, ReplyState.FAILED, "cannot be reached"),
        (10, 2018278, ReplyState.FAILED, "is over"),
        (10, None, ReplyState.FAILED, "does not cover"),
        (10900, None, ReplyState.FAILED, "answered privately already"),
        (190, 460, ReplyState.FAILED, "password"),
        (80001, None, ReplyState.QUEUED, "wait"),
        (2, None, ReplyState.UNKNOWN, "fault of its own"),
        (1, 1357046, ReplyState.UNKNOWN, "fault of its own"),
    ],
)
def test_each_refusal_has_its_fate(queued, sandbox, code, subcode, state, said):
    more = {"subcode": subcode} if subcode else {}
    sandbox.fault("facebook", "create_comment", "status", times=1, status=400, code=code, seconds=60, **more)
    assert deliver(queued) == state
    assert said in queued.error_text


@pytest.mark.parametrize("fault", ["accept_then_hang", "accept_then_cut"])
def test_a_comment_that_was_taken_before_the_line_broke_is_found_and_stands_once(
    queued, sandbox, fault, monkeypatch
):
    monkeypatch.setattr(http, "READ_SECONDS", 1)
    sandbox.fault("facebook", "create_comment", fault, times=1, seconds=3)
    assert deliver(queued) == ReplyState.UNKNOWN
    Reply.objects.update(next_look_at=timezone.now())
    assert look_for_reply(queued.pk)
    took = [one for one in sandbox.journal("accepted") if one["data"].get("what") == "reply"]
    assert len(took) == 1


def send(page, target, text="We are here."):
    outgoing = Outgoing(reply_id=1, text=text, visibility="private", target=target)
    return find_connector("facebook").send(open_access(page), outgoing)


def test_a_second_private_answer_is_refused_by_facebook_as_well(page, sandbox):
    post = write(sandbox)
    assert send(page, f"post:{post}").remote_id
    with pytest.raises(errors.NotPermitted, match="answered privately already"):
        send(page, f"post:{post}", "And another thing")


def test_a_private_answer_after_seven_days_is_refused(page, sandbox):
    post = write(sandbox)
    sandbox.call("POST", "/town/clock", json={"shift_seconds": 8 * 86_400})
    try:
        with pytest.raises(errors.NotPermitted, match="is over"):
            send(page, f"post:{post}")
    finally:
        sandbox.call("DELETE", "/town/clock")


def test_after_seven_days_not_even_a_person_may_answer_in_messenger(page, person, sandbox):
    sandbox.call("POST", "/town/clock", json={"shift_seconds": 8 * 86_400})
    try:
        with pytest.raises(errors.NotPermitted, match="is over"):
            send(page, f"person:{person}:1")
    finally:
        sandbox.call("DELETE", "/town/clock")


def test_a_retired_tag_is_refused_and_the_desk_never_sends_one(client, person, sandbox):
    with pytest.raises(errors.InvalidContent):
        client.write(
            f"{ME}/messages",
            recipient={"id": person},
            message={"text": "Hi"},
            messaging_type="MESSAGE_TAG",
            tag="ACCOUNT_UPDATE",
        )
