"""What is Facebook's own: windows, missing names, limits, long threads, and the library's faults."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from connectors import errors
from connectors.access import open_access
from connectors.contract import Outgoing
from connectors.facebook.items import read_item
from connectors.facebook.parse import Own, Post, parse_comment, parse_message, parse_post
from connectors.facebook.refusals import explain_refusal, read_percent, read_regain
from connectors.facebook.terms import message_terms
from connectors.registry import find_connector
from inbox.incoming import Incoming
from inbox.models import Conversation, Message
from tests.connectors.conftest import poll_now

RECORDED = Path(__file__).resolve().parents[2].parent / "shared/contracts/recorded"
OWN = Own("104000000000001")
POST = Post("1_2", "77", "Our post", 1, "", datetime.now(UTC))


@pytest.mark.django_db
def test_all_comments_of_a_long_thread_are_collected_and_each_once(page, sandbox):
    post = sandbox.post("/town/facebook/comments", author="Ann", text="Big crowd here")
    comments = [
        {"author": f"Person {number % 40}", "text": f"Comment {number}", "in_reply_to": post}
        for number in range(230)
    ]
    ids = sandbox.call("POST", "/town/facebook/comments", json=comments)["ids"]
    poll_now(page)
    assert set(Message.objects.values_list("remote_id", flat=True)) == {post, *ids}
    assert Conversation.objects.count() == 41
    more = sandbox.post("/town/facebook/comments", author="Zed", text="And me", in_reply_to=ids[7])
    poll_now(page)
    assert Message.objects.count() == 232
    late = Message.objects.defer("search").get(remote_id=more)
    assert "Comment 7" in late.quoted


@pytest.mark.django_db
def test_a_burst_of_posts_longer_than_a_page_of_the_feed_is_collected_whole(page, sandbox):
    poll_now(page)
    burst = [{"author": f"Person {number}", "text": f"Smoke over town {number}"} for number in range(250)]
    ids = sandbox.call("POST", "/town/facebook/comments", json=burst)["ids"]
    poll_now(page)
    assert set(Message.objects.values_list("remote_id", flat=True)) == set(ids)


@pytest.mark.django_db
def test_a_burst_whose_collection_was_cut_short_goes_on_where_it_stopped(page, sandbox, monkeypatch):
    poll_now(page)
    burst = [{"author": f"Person {number}", "text": f"Smoke over town {number}"} for number in range(250)]
    ids = sandbox.call("POST", "/town/facebook/comments", json=burst)["ids"]
    monkeypatch.setattr("connectors.polling.BUDGET_SECONDS", 0)
    poll_now(page)
    assert 0 < Message.objects.count() < 250
    monkeypatch.undo()
    poll_now(page)
    assert set(Message.objects.values_list("remote_id", flat=True)) == set(ids)


@pytest.mark.django_db
def test_two_messages_in_one_second_are_both_collected_though_the_thread_shows_one_time(
    page, sandbox, monkeypatch
):
    def show_one_time(element):
        return str(element[0]["id"]), "2026-11-22T20:00:00+00:00"

    monkeypatch.setattr("connectors.facebook.messaging.read_thread", show_one_time)
    for number in (1, 2):
        sandbox.post("/town/facebook/messages", author="Cy Fox", text=f"Part {number}")
        poll_now(page)
        assert Message.objects.count() == number


@pytest.mark.django_db
def test_nothing_is_asked_for_comments_of_posts_that_did_not_change(page, sandbox):
    for number in range(3):
        sandbox.post("/town/facebook/comments", author="Ann", text=f"Post {number}")
    poll_now(page)
    since = sandbox.journal()[-1]["seq"]
    poll_now(page)
    asked = [one["data"]["operation"] for one in sandbox.journal("served", since)]
    assert "comments" not in asked
    assert "messages" not in asked


@pytest.mark.django_db
def test_one_thread_of_a_person_holds_all_their_comments_on_a_post(page, sandbox):
    post = sandbox.post("/town/facebook/comments", author="Ann", text="My car was broken into")
    sandbox.post("/town/facebook/comments", author="Ann", text="It is the blue one", in_reply_to=post)
    poll_now(page)
    assert Conversation.objects.get().messages.count() == 2


@pytest.mark.django_db
def test_after_a_day_only_the_human_agent_tag_may_carry_an_answer(page, sandbox):
    sandbox.post("/town/facebook/messages", author="Cy", text="Hello?")
    poll_now(page)
    message = Message.objects.defer("search").get()
    assert message.terms["private_until"]
    sandbox.call("POST", "/town/clock", json={"shift_seconds": 30 * 3600})
    connector, access = find_connector("facebook"), open_access(page)
    target = message.terms["private_target"]
    try:
        with pytest.raises(errors.NotPermitted, match="over"):
            connector.send(access, outgoing(target))
        person = target.split(":")[1]
        past = int((timezone.now() - timedelta(hours=1)).timestamp())
        assert connector.send(access, outgoing(f"person:{person}:{past}")).remote_id
    finally:
        sandbox.call("DELETE", "/town/clock")


def outgoing(target):
    return Outgoing(reply_id=1, text="We are here.", visibility="private", target=target)


def test_the_private_window_is_a_day_and_with_the_feature_a_week():
    written = datetime(2026, 1, 1, tzinfo=UTC)
    assert message_terms("9", written, human_agent=False).private_until == written + timedelta(days=1)
    assert message_terms("9", written, human_agent=True).private_until == written + timedelta(days=7)


@pytest.mark.django_db
def test_a_limit_is_kept_until_the_time_that_facebook_says(page, sandbox):
    sandbox.fault("facebook", "feed", "status", times=1, status=400, code=80001, seconds=600)
    poll_now(page)
    assert page.problem_kind == "rate_limited"
    assert (page.limited_until - timezone.now()).total_seconds() > 200


def with_headers(**headers):
    answer = requests.Response()
    answer.headers.update(headers)
    return answer


def test_usage_and_the_way_back_are_read_from_the_headers():
    business = {"1": [{"type": "pages", "call_count": 96, "estimated_time_to_regain_access": 7}]}
    last = with_headers(
        **{"x-app-usage": '{"call_count":28}', "x-business-use-case-usage": json.dumps(business)}
    )
    assert read_percent(last) == 96
    assert timedelta(minutes=6) < read_regain(last) - datetime.now(UTC) <= timedelta(minutes=7)
    assert read_percent(with_headers(**{"x-app-usage": "nonsense"})) == 0
    assert read_percent(None) == 0


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (190, 463, errors.AuthRevoked),
        (190, None, errors.AuthRevoked),
        (102, None, errors.AuthRevoked),
        (10, 2018278, errors.NotPermitted),
        (10, None, errors.PermissionMissing),
        (200, None, errors.PermissionMissing),
        (200, 1545041, errors.NotPermitted),
        (551, 1545041, errors.NotPermitted),
        (100, 33, errors.ParentGone),
        (100, 2018001, errors.NotPermitted),
        (100, None, errors.InvalidContent),
        (368, 1390008, errors.NotPermitted),
        (506, None, errors.Duplicate),
        (1, 1357046, errors.UnknownOutcome),
        (2, None, errors.UnknownOutcome),
        (613, None, errors.RateLimited),
        (80001, None, errors.RateLimited),
    ],
)
def test_each_code_has_its_meaning_for_a_writing_call(code, subcode, kind):
    error = {"code": code, "message": "any words"} | ({"error_subcode": subcode} if subcode else {})
    assert type(explain_refusal(error, None, writing=True)) is kind


def test_a_passing_fault_is_transient_for_a_reading_call_only():
    error = {"code": 2, "is_transient": True}
    assert type(explain_refusal(error, None, writing=False)) is errors.Transient
    assert type(explain_refusal(error, None, writing=True)) is errors.UnknownOutcome


def test_a_comment_without_a_writer_has_a_conversation_of_its_own():
    first = parse_comment(comment("1_3"), OWN, "{}", post=POST)
    second = parse_comment(comment("1_4"), OWN, "{}", post=POST)
    assert first.author.name == "Facebook user"
    assert first.thread_key != second.thread_key


def comment(comment_id, **more):
    return {"id": comment_id, "message": "Hi", "created_time": "2026-07-23T08:35:18+0000", **more}


def test_a_comment_that_cannot_be_answered_privately_says_so():
    terms = parse_comment(comment("1_3", can_reply_privately=False), OWN, "{}", post=POST).terms
    assert terms.private_refusal
    assert not terms.public_refusal


@pytest.mark.skipif(
    not RECORDED.exists(), reason="the recorded answers of Facebook are not beside the project"
)
def test_every_recorded_post_comment_and_message_is_read():
    kinds = {"post": 0, "comment": 0, "message": 0}
    for path in sorted(RECORDED.glob("facebook/python-facebook/**/*.json")) + sorted(
        RECORDED.glob("messenger/**/*.json")
    ):
        for item in list_items(json.loads(path.read_text(encoding="utf-8", errors="replace"))):
            kind = kind_of(item)
            if kind:
                kinds[kind] += 1
                read = read_item(item, json.dumps(item), READERS[kind])
                assert isinstance(read, Incoming), (path.name, read)
    assert all(kinds.values()), kinds


READERS = {
    "post": lambda item, raw: parse_post(item, OWN, raw),
    "comment": lambda item, raw: parse_comment(item, OWN, raw, post=POST),
    "message": lambda item, raw: parse_message(item, OWN, raw, thread="t_1"),
}


def kind_of(item):
    """Say what a recorded object is, by the fields that it has."""
    if "created_time" not in item or "id" not in item:
        return None
    if str(item["id"]).startswith("m_"):
        return "message"
    if "message" not in item:
        return None
    return "comment" if "can_comment" in item or "comment_count" in item else "post"


def list_items(node):
    """Yield every object of a recording, however deep."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from list_items(value)
    elif isinstance(node, list):
        for value in node:
            yield from list_items(value)
