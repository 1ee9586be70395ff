"""What changes on Facebook without a word: edits, hides and deletions are noticed by looking again."""

import pytest
import requests

from connectors.facebook import config
from inbox.models import Conversation, Message
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db
TOKEN = "sandbox-page-token-1"


@pytest.fixture(autouse=True)
def looking_at_once(monkeypatch):
    monkeypatch.setattr(config, "LOOK_AGAIN_SECONDS", 0)
    monkeypatch.setattr(config, "AGE_PARTS", 1e9)
    monkeypatch.setattr(config, "LOOKS_A_POLL", 20)


def load(remote_id):
    return Message.objects.defer("search").get(remote_id=remote_id)


def write(sandbox, text, author="Ann", **more):
    return sandbox.post("/town/facebook/comments", author=author, text=text, **more)


def edit(sandbox, remote_id, text, kind="comments"):
    sandbox.call("POST", f"/town/facebook/{kind}/{remote_id}/edit", json={"text": text})


def on_facebook(sandbox, remote_id, **fields):
    """Do something with the Page's token outside the desk."""
    answer = requests.post(
        f"{sandbox.url}/v26.0/{remote_id}", data={"access_token": TOKEN, **fields}, timeout=10
    )
    assert answer.ok, answer.text


def test_an_edited_post_and_an_edited_comment_keep_what_they_said_before(page, sandbox):
    post = write(sandbox, "Road closed?")
    comment = write(sandbox, "A tree fell", in_reply_to=post, author="Ben")
    poll_now(page)
    edit(sandbox, post, "Road closed at the mill?")
    edit(sandbox, comment, "He has a knife and is stabbing people, help")
    poll_now(page)
    assert load(post).text == "Road closed at the mill?"
    assert [one.text for one in load(comment).edits.all()] == ["A tree fell"]
    assert load(comment).conversation.urgency > load(post).conversation.urgency


def test_words_that_are_changed_and_changed_back_are_shown_as_they_stand(page, sandbox):
    post = write(sandbox, "First")
    poll_now(page)
    for text in ("Second", "First", "Second"):
        edit(sandbox, post, text)
        poll_now(page)
        assert load(post).text == text
    assert load(post).edits.count() == 3


def test_a_comment_that_its_writer_took_back_is_marked_and_its_words_are_kept(page, sandbox):
    post = write(sandbox, "Road closed?")
    comment = write(sandbox, "You are all useless", in_reply_to=post, author="Ben")
    poll_now(page)
    sandbox.call("DELETE", f"/town/facebook/comments/{comment}")
    poll_now(page)
    assert load(comment).deleted_at is not None
    assert load(comment).text == "You are all useless"
    assert load(post).deleted_at is None
    assert Message.objects.count() == 2


def test_a_post_that_was_taken_back_takes_its_comments_along(page, sandbox):
    post = write(sandbox, "Road closed?")
    comment = write(sandbox, "Yes", in_reply_to=post, author="Ben")
    poll_now(page)
    sandbox.call("DELETE", f"/town/facebook/comments/{post}")
    poll_now(page)
    assert load(post).deleted_at and load(comment).deleted_at


def test_what_a_list_leaves_out_but_can_be_read_is_not_marked_as_gone(page, sandbox):
    post = write(sandbox, "Road closed?")
    comment = write(sandbox, "Yes", in_reply_to=post, author="Ben")
    poll_now(page)
    sandbox.fault("facebook", "comments", "empty_page", times=0)
    poll_now(page)
    assert load(comment).deleted_at is None


def test_what_was_out_of_sight_and_shows_again_is_unmarked(page, sandbox):
    post = write(sandbox, "Road closed?")
    poll_now(page)
    sandbox.fault("facebook", "object", "status", times=0, status=400, code=100, subcode=33)
    poll_now(page)
    assert load(post).deleted_at is not None
    sandbox.clear_faults()
    poll_now(page)
    assert load(post).deleted_at is None


def test_hiding_by_somebody_elsewhere_shows_at_the_desk_and_showing_again_too(page, sandbox):
    post = write(sandbox, "Road closed?")
    comment = write(sandbox, "An insult", in_reply_to=post, author="Ben")
    poll_now(page)
    for hidden in ("true", "false", "true"):
        on_facebook(sandbox, comment, is_hidden=hidden)
        poll_now(page)
        (hide,) = [one for one in load(comment).terms["acts"] if one["kind"] == "hide"]
        assert hide["done"] is (hidden == "true")
    assert load(comment).edited_at is None


def test_a_message_that_was_changed_or_taken_back_in_messenger_is_noticed(page, sandbox):
    first = sandbox.post("/town/facebook/messages", author="Cy", text="I am at the bridge")
    second = sandbox.post("/town/facebook/messages", author="Cy", text="Forget it")
    poll_now(page)
    edit(sandbox, first, "I am at the old bridge", "messages")
    sandbox.call("DELETE", f"/town/facebook/messages/{second}")
    poll_now(page)
    assert load(first).text == "I am at the old bridge"
    assert load(second).deleted_at is not None


def test_messages_beyond_the_twenty_that_facebook_shows_are_not_taken_for_deleted(page, sandbox):
    texts = [{"author": "Cy", "text": f"Part {number}"} for number in range(19)]
    ids = sandbox.call("POST", "/town/facebook/messages", json=texts)["ids"]
    poll_now(page)
    sandbox.call(
        "POST", "/town/facebook/messages", json=[{"author": "Cy", "text": str(n)} for n in range(15)]
    )
    poll_now(page)
    poll_now(page)
    assert load(ids[0]).deleted_at is None


def test_looking_again_costs_little_and_stops_when_half_of_the_allowance_is_used(page, sandbox, monkeypatch):
    for number in range(6):
        write(sandbox, f"Post {number}")
    poll_now(page)
    monkeypatch.setattr(config, "LOOKS_A_POLL", 2)
    since = sandbox.journal()[-1]["seq"]
    poll_now(page)
    looks = [one for one in sandbox.journal("served", since) if one["data"]["operation"] == "object"]
    assert len(looks) == 2
    monkeypatch.setattr("connectors.facebook.client.Client.usage_percent", lambda _client: config.WATCH_BELOW)
    since = sandbox.journal()[-1]["seq"]
    poll_now(page)
    assert not [one for one in sandbox.journal("served", since) if one["data"]["operation"] == "object"]


def test_the_cursor_stays_small_and_forgets_what_is_old(page, sandbox, monkeypatch):
    monkeypatch.setattr(config, "MOST_WATCHED", 30)
    many = [{"author": f"P{number}", "text": f"Post {number}"} for number in range(60)]
    sandbox.call("POST", "/town/facebook/comments", json=many)
    poll_now(page)
    watched = page.cursor["watched"]
    assert sum(len(group["items"]) for group in watched.values()) <= 30
    assert Conversation.objects.count() == 60
