"""What is Bluesky's own: keys chosen ahead, sessions, bytes of facets, closed threads, the chat's log."""

from typing import Any

import pytest
from django.utils import timezone

from connectors.access import open_access
from connectors.bluesky.parse import Own
from connectors.bluesky.sending import choose_uri
from connectors.bluesky.young import look_up_shown
from connectors.contract import Outgoing, OutgoingFile
from connectors.delivery import deliver_reply
from connectors.files import fetch_attachment
from connectors.models import Account
from connectors.polling import poll_account
from connectors.reconciling import look_for_reply
from connectors.registry import find_connector
from connectors.secrets import unseal
from connectors.services import reconnect_account
from inbox.enums import ReplyState
from inbox.errors import BadInput
from inbox.models import Attachment, Conversation, Message, Reply
from inbox.queries.composing import describe_composer
from tests.connectors.conftest import connect, poll_now
from tests.connectors.mastodon.test_mastodon import DOT
from tests.connectors.test_whole_way import answer

POSTS, MESSAGES = "/town/bluesky/posts", "/town/bluesky/messages"
OWN = Own("did:plc:us", "police.example")


@pytest.fixture
def account(db, sandbox):
    return connect("bluesky")


@pytest.mark.django_db
def test_a_post_is_collected_graded_answered_and_the_answer_stands_in_the_town(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Jo M.", text="There is a man with a knife on Mill Lane")
    poll_now(account)
    conversation = Conversation.objects.get()
    message = Message.objects.defer("search").get()
    assert "knife" in message.text
    assert message.verdict["reasons"]
    assert message.remote_id == post

    text = "Officers are on their way ☎️ call 999, see https://example.org/é."
    row = answer(operator, conversation, text, "public")
    assert row.state == ReplyState.SENT, row.error_text
    assert row.chosen_id == row.remote_id
    assert [one["text"] for one in sandbox.replies(post)["public"]] == [text]

    poll_now(account)
    assert [one.direction for one in Message.objects.defer("search").order_by("id")] == ["in", "out"]
    conversation.refresh_from_db()
    assert conversation.state == "waiting"


@pytest.mark.django_db
def test_a_chat_message_is_answered_in_the_chat_and_what_follows_joins_it(account, sandbox, operator):
    message = sandbox.post(MESSAGES, author="@sam", text="Please do not tell anyone. He hits me.")
    poll_now(account)
    conversation = Conversation.objects.get()
    assert conversation.visibility == "private"
    assert describe_composer(conversation).public.refusal

    row = answer(operator, conversation, "Are you safe right now?", "private")
    assert row.state == ReplyState.SENT, row.error_text
    assert sandbox.replies(message)["private"][0]["text"] == "Are you safe right now?"
    sandbox.post(MESSAGES, author="@sam", text="Yes, he left", in_reply_to=message)
    poll_now(account)
    poll_now(account)
    texts = list(conversation.messages.order_by("id").values_list("direction", "text"))
    assert texts == [
        ("in", "Please do not tell anyone. He hits me."),
        ("out", "Are you safe right now?"),
        ("in", "Yes, he left"),
    ]
    assert conversation.person.handles.get().name == "sam"


@pytest.mark.django_db
def test_a_public_post_can_be_answered_in_the_chat(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Ann", text="My flat number is 4 and I am scared")
    poll_now(account)
    row = answer(operator, Conversation.objects.get(), "Where are you?", "private")
    assert row.state == ReplyState.SENT, row.error_text
    told = sandbox.replies(post)
    assert told["private"] and not told["public"]


@pytest.mark.django_db
def test_two_people_in_one_thread_are_two_conversations_and_see_what_they_answer(account, sandbox, operator):
    root = sandbox.post(POSTS, author="Jo", text="Crash on the A12")
    poll_now(account)
    jo = Conversation.objects.get()
    row = answer(operator, jo, "Thank you.", "public")
    second = sandbox.post(POSTS, author="Kit", text="I saw it too", in_reply_to=row.remote_id)
    sandbox.post(POSTS, author="Jo", text="They are blocking the road", in_reply_to=row.remote_id)
    poll_now(account)
    assert Conversation.objects.count() == 2
    assert jo.messages.count() == 3
    assert "Thank you." in Message.objects.defer("search").get(remote_id=second).quoted
    assert jo.thread_key.startswith(f"post:{root}:did:plc:")


@pytest.mark.django_db
def test_more_posts_than_a_page_are_collected_whole_and_in_order(account, sandbox, monkeypatch):
    poll_now(account)
    burst = [{"author": f"Person {number}", "text": f"Smoke over town {number}"} for number in range(230)]
    ids = sandbox.call("POST", POSTS, json=burst)["ids"]
    monkeypatch.setattr("connectors.polling.BUDGET_SECONDS", 0)
    poll_now(account)
    assert 0 < Message.objects.count() < 230
    monkeypatch.undo()
    poll_now(account)
    assert list(Message.objects.order_by("id").values_list("remote_id", flat=True)) == ids


@pytest.mark.django_db
def test_what_is_known_is_not_asked_for_again(account, sandbox):
    sandbox.post(POSTS, author="Ann", text="Hello")
    poll_now(account)
    since = sandbox.journal()[-1]["seq"]
    account.refresh_from_db()
    Account.objects.filter(pk=account.pk).update(next_poll_at=timezone.now())
    poll_account(account.pk)
    asked = [one["data"]["operation"] for one in sandbox.journal("served", since)]
    assert "getPosts" not in asked
    assert len(asked) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["getPosts", "chat.bsky.convo.getConvo"])
def test_what_stands_around_a_message_never_holds_it_up(account, sandbox, operation):
    sandbox.post(MESSAGES, author="Ann", text="Hello?")
    poll_now(account)
    sandbox.fault("bluesky", operation, "status", status=400, times=0)
    sandbox.post(POSTS, author="Bo", text="He has a gun")
    sandbox.post(MESSAGES, author="Ann", text="Help")
    poll_now(account)
    assert account.failures == 0
    assert Message.objects.count() == 3
    assert not Message.objects.filter(deleted_at__isnull=False).exists()


def test_an_address_that_is_none_is_not_asked_for():
    nobody: Any = None
    assert look_up_shown(nobody, ["nonsense", "at://x", "https://example.org/"]) == {}


@pytest.mark.django_db
def test_our_own_answers_from_elsewhere_are_all_collected(account, sandbox):
    post = sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    target = Message.objects.defer("search").get().terms["public_target"]
    connector, access = find_connector("bluesky"), open_access(account)
    for number in range(130):
        connector.send(access, Outgoing(number, f"Answer {number}", "public", target))
    poll_now(account)
    poll_now(account)
    assert Message.objects.filter(direction="outside").count() == 130
    assert Conversation.objects.count() == 1
    assert len(sandbox.replies(post)["public"]) == 130


@pytest.mark.django_db
def test_a_deleted_post_is_marked(account, sandbox):
    post = sandbox.post(POSTS, author="Bo", text="Never mind me")
    kept = sandbox.post(POSTS, author="Ann", text="Hello")
    poll_now(account)
    sandbox.call("DELETE", f"{POSTS}/{post}")
    poll_now(account)
    assert Message.objects.get(remote_id=post).deleted_at
    assert not Message.objects.get(remote_id=kept).deleted_at


@pytest.mark.django_db
def test_a_picture_comes_with_its_text_and_is_fetched(account, sandbox):
    picture = {"name": "a white van", "type": "image/png", "base64": DOT}
    sandbox.post(POSTS, author="Ann", text="This van", attachments=[picture])
    poll_now(account)
    attachment = Attachment.objects.get()
    assert attachment.alternative == "a white van"
    assert fetch_attachment(attachment.pk)
    attachment.refresh_from_db()
    assert attachment.media_type == "image/png"


@pytest.mark.django_db
def test_pictures_go_out_with_their_text(account, sandbox):
    post = sandbox.post(POSTS, author="Ann", text="Where is the station?")
    poll_now(account)
    target = Message.objects.defer("search").get().terms["public_target"]
    file = OutgoingFile("map.png", "image/png", 4, "A map of the town", lambda: b"\x89PNG map")
    outgoing = Outgoing(reply_id=1, text="Here.", visibility="public", target=target, files=(file,))
    assert find_connector("bluesky").send(open_access(account), outgoing)
    told = sandbox.replies(post)["public"][0]
    assert told["files"] == [{"alternative": "A map of the town", "size": 8}]


@pytest.mark.django_db
def test_a_reply_whose_line_broke_after_it_was_taken_is_known_to_be_sent_and_stands_there_once(
    account, sandbox, operator
):
    post = sandbox.post(POSTS, author="Ann", text="Is anybody there?")
    poll_now(account)
    sandbox.fault("bluesky", "createRecord", "accept_then_cut")
    row = answer(operator, Conversation.objects.get(), "We are here.", "public")
    assert row.state == ReplyState.SENT, row.error_text
    assert len(sandbox.replies(post)["public"]) == 1


@pytest.mark.django_db
def test_a_reply_that_nobody_can_look_for_is_unknown_and_found_later_under_its_key(
    account, sandbox, operator
):
    post = sandbox.post(POSTS, author="Ann", text="Is anybody there?")
    poll_now(account)
    sandbox.fault("bluesky", "createRecord", "accept_then_cut")
    sandbox.fault("bluesky", "getRecord", "status", status=502)
    row = answer(operator, Conversation.objects.get(), "We are here.", "public")
    assert row.state == ReplyState.UNKNOWN
    assert row.chosen_id
    assert look_for_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT
    assert row.remote_id == sandbox.replies(post)["public"][0]["id"] == row.chosen_id


@pytest.mark.django_db
def test_a_reply_that_was_cut_off_before_it_arrived_is_unknown_and_never_repeated(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Ann", text="Is anybody there?")
    poll_now(account)
    sandbox.fault("bluesky", "createRecord", "cut")
    row = answer(operator, Conversation.objects.get(), "We are here.", "public")
    assert row.state == ReplyState.UNKNOWN
    assert not look_for_reply(row.pk)
    assert not sandbox.replies(post)["public"]


@pytest.mark.django_db
def test_sending_again_under_the_same_key_says_it_once(account, sandbox):
    post = sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    connector, access = find_connector("bluesky"), open_access(account)
    outgoing = Outgoing(
        reply_id=7,
        text="Yes?",
        visibility="public",
        target=Message.objects.defer("search").get().terms["public_target"],
        chosen_id=choose_uri(account.config["did"]),
    )
    assert connector.send(access, outgoing) == connector.send(access, outgoing)
    assert len(sandbox.replies(post)["public"]) == 1


@pytest.mark.django_db
def test_the_key_is_stored_before_anything_leaves(account, sandbox, operator, settings):
    sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    row = answer(operator, Conversation.objects.get(), "Yes?", "public")
    assert row.state == ReplyState.QUEUED
    first = row.chosen_id
    assert first.startswith(f"at://{account.config['did']}/app.bsky.feed.post/")
    settings.SANDBOX_URL = sandbox.url
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    deliver_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT
    assert row.chosen_id == row.remote_id == first


def test_a_key_is_a_time_ordered_one_and_never_the_same_twice():
    keys = [choose_uri("did:plc:x").rpartition("/")[2] for _ in range(50)]
    assert all(len(key) == 13 and key[0] in "234567abcdefghij" for key in keys)
    assert len(set(keys)) == 50
    assert keys[0][:8] <= keys[-1][:8]


@pytest.mark.django_db
def test_a_lost_chat_message_is_unknown_then_found_by_its_words(account, sandbox, operator):
    message = sandbox.post(MESSAGES, author="Ann", text="Is anybody there?")
    poll_now(account)
    sandbox.fault("bluesky", "chat.bsky.convo.sendMessage", "accept_then_cut")
    row = answer(operator, Conversation.objects.get(), "We are here.", "private")
    assert row.state == ReplyState.UNKNOWN
    assert look_for_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT
    assert len(sandbox.replies(message)["private"]) == 1


@pytest.mark.django_db
def test_a_post_that_was_deleted_meanwhile_fails_the_reply_for_certain(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    sandbox.call("DELETE", f"{POSTS}/{post}")
    row = answer(operator, Conversation.objects.get(), "Yes?", "public")
    assert row.state == ReplyState.FAILED
    assert row.error_kind == "parent_gone"


@pytest.mark.django_db
def test_who_lets_nobody_answer_and_takes_no_messages_is_told_before_a_word_is_typed(account, sandbox):
    sandbox.post(POSTS, author="Ann", text="Do not write to me", protected=True)
    poll_now(account)
    options = describe_composer(Conversation.objects.get())
    assert "in public" in options.public.refusal
    assert "no chat messages" in options.private.refusal


@pytest.mark.django_db
def test_a_session_that_ended_is_renewed_once_and_its_refresh_token_used_once(account, sandbox):
    before = unseal(account.secrets)
    sandbox.call("POST", "/town/faults", json={"channel": "bluesky", "fault": "expire_token"})
    poll_now(account)
    after = unseal(account.secrets)
    assert account.state == "active" and not account.problem
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]
    asked = [one["data"]["operation"] for one in sandbox.journal("accepted")]
    assert asked.count("refreshSession") == 1


@pytest.mark.django_db
def test_a_renewal_whose_answer_was_lost_opens_a_new_session_instead_of_losing_the_account(account, sandbox):
    sandbox.call("POST", "/town/faults", json={"channel": "bluesky", "fault": "expire_token"})
    sandbox.fault("bluesky", "refreshSession", "accept_then_cut")
    poll_now(account)
    assert account.state == "active" and not account.problem


@pytest.mark.django_db
def test_an_app_password_that_was_taken_back_disconnects_the_account_at_once(account, sandbox):
    sandbox.call("POST", "/town/faults", json={"channel": "bluesky", "fault": "revoke_token"})
    Account.objects.filter(pk=account.pk).update(next_poll_at=timezone.now())
    poll_account(account.pk)
    account.refresh_from_db()
    assert account.state == "reconnect"


@pytest.mark.django_db
def test_a_set_up_test_proves_the_password_that_was_typed_and_not_an_open_session(account, sandbox):
    values = {**account.config, "app_password": "wrong"}
    with pytest.raises(BadInput):
        reconnect_account(actor=None, account_id=account.pk, values=values)


@pytest.mark.django_db
def test_an_app_password_without_the_chat_still_collects_the_posts_and_says_so(account, sandbox):
    post = sandbox.post(POSTS, author="Ann", text="Hello?")
    sandbox.fault("bluesky", "chat.*", "status", status=400, title="InvalidToken", times=0)
    poll_now(account)
    assert Message.objects.get().remote_id == post
    assert account.state == "active" and not account.problem
    assert "app password" in str(account.meter["warnings"])
    health = find_connector("bluesky").check(open_access(account))
    assert health.ok and "cannot be read" in health.details[1]


@pytest.mark.django_db
def test_the_limit_is_kept_until_the_time_that_bluesky_says(account, sandbox):
    sandbox.fault("bluesky", "listNotifications", "status", status=429, seconds=120)
    row = poll_now(account)
    assert row.problem_kind == "rate_limited" and row.limited_until
    assert 60 < (row.limited_until - timezone.now()).total_seconds() <= 121


@pytest.mark.django_db
def test_an_item_that_cannot_be_read_is_shown_and_holds_nothing_up(account, sandbox):
    sandbox.fault("bluesky", "listNotifications", "wrong_types")
    sandbox.fault("bluesky", "chat.bsky.convo.getMessages", "wrong_types")
    sandbox.post(POSTS, author="Ann", text="Hello?")
    sandbox.post(MESSAGES, author="Ann", text="Hello?")
    poll_now(account)
    assert [row.unreadable for row in Message.objects.defer("search")] == [True, True]
