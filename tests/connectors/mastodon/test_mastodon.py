"""What is Mastodon's own: names in front, HTML, visibility, keys, pages without gaps, limits, edits."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import requests
from django.utils import timezone

from connectors import errors
from connectors.access import open_access
from connectors.contract import AccountAccess, Outgoing, OutgoingFile
from connectors.files import fetch_attachment
from connectors.mastodon import config
from connectors.mastodon.html_text import read_html
from connectors.mastodon.parse import Own, Setting, parse_status
from connectors.mastodon.refusals import explain_refusal, read_reset
from connectors.mastodon.sending import address, normalise
from connectors.models import Account
from connectors.polling import poll_account
from connectors.reconciling import look_for_reply
from connectors.registry import find_connector
from inbox.enums import ReplyState
from inbox.models import Attachment, Conversation, Message, MessageEdit
from inbox.queries.composing import describe_composer
from tests.connectors.conftest import connect, poll_now
from tests.connectors.test_whole_way import answer

POSTS, MESSAGES = "/town/mastodon/posts", "/town/mastodon/messages"
OWN = Own("1", "northshire.social")
DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()


@pytest.fixture
def account(db, sandbox):
    return connect("mastodon")


@pytest.mark.django_db
def test_a_post_is_collected_graded_answered_and_the_answer_stands_in_the_town(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Jo M.", text="There is a man with a knife on Mill Lane")
    poll_now(account)
    conversation = Conversation.objects.get()
    message = Message.objects.defer("search").get()
    assert message.text == "@police There is a man with a knife on Mill Lane"
    assert message.verdict["reasons"]
    assert conversation.visibility == "public"

    row = answer(operator, conversation, "Officers are on their way. Please call 999.", "public")
    assert row.state == ReplyState.SENT, row.error_text
    told = sandbox.replies(post)["public"]
    assert [one["text"] for one in told] == ["@jo_m@town.example Officers are on their way. Please call 999."]

    poll_now(account)
    assert [one.direction for one in Message.objects.defer("search").order_by("id")] == ["in", "out"]
    conversation.refresh_from_db()
    assert conversation.state == "waiting"


@pytest.mark.django_db
def test_a_private_mention_is_answered_privately_and_what_follows_joins_it(account, sandbox, operator):
    message = sandbox.post(MESSAGES, author="@sam", text="Please do not tell anyone. He hits me.")
    poll_now(account)
    conversation = Conversation.objects.get()
    assert conversation.visibility == "private"
    assert describe_composer(conversation).public.refusal

    row = answer(operator, conversation, "Are you safe right now?", "private")
    assert row.state == ReplyState.SENT, row.error_text
    told = sandbox.replies(message)
    assert not told["public"]
    assert told["private"][0]["text"].endswith("Are you safe right now?")
    sandbox.post(MESSAGES, author="@sam", text="Yes, he left", in_reply_to=told["private"][0]["id"])
    poll_now(account)
    assert [one.direction for one in conversation.messages.order_by("id")] == ["in", "out", "in"]
    conversation.refresh_from_db()
    assert conversation.state == "open"


@pytest.mark.django_db
def test_a_public_post_can_be_answered_so_that_only_its_writer_reads_it(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Ann", text="My flat number is 4 and I am scared")
    poll_now(account)
    row = answer(operator, Conversation.objects.get(), "Where are you?", "private")
    assert row.state == ReplyState.SENT, row.error_text
    told = sandbox.replies(post)
    assert told["private"] and not told["public"]


@pytest.mark.django_db
def test_two_people_in_one_thread_are_two_conversations_and_see_what_they_answer(account, sandbox, operator):
    root = sandbox.post(POSTS, author="Jo", text="Crash on the A12")
    second = sandbox.post(POSTS, author="Kit", text="I saw it too", in_reply_to=root)
    poll_now(account)
    assert Conversation.objects.count() == 2
    assert "Crash on the A12" in Message.objects.defer("search").get(remote_id=second).quoted
    jo = Conversation.objects.get(messages__remote_id=root)
    row = answer(operator, jo, "Thank you.", "public")
    sandbox.post(POSTS, author="Jo", text="They are blocking the road", in_reply_to=row.remote_id)
    poll_now(account)
    assert Conversation.objects.count() == 2
    assert jo.messages.count() == 3


@pytest.mark.django_db
def test_more_mentions_than_a_page_are_collected_whole_and_in_order(account, sandbox):
    poll_now(account)
    burst = [{"author": f"Person {number}", "text": f"Smoke over town {number}"} for number in range(200)]
    ids = sandbox.call("POST", POSTS, json=burst)["ids"]
    poll_now(account)
    stored = list(Message.objects.order_by("id").values_list("remote_id", flat=True))
    assert stored == ids


@pytest.mark.django_db
def test_a_burst_whose_collection_was_cut_short_goes_on_where_it_stopped(account, sandbox, monkeypatch):
    poll_now(account)
    burst = [{"author": f"Person {number}", "text": f"Smoke over town {number}"} for number in range(200)]
    ids = sandbox.call("POST", POSTS, json=burst)["ids"]
    monkeypatch.setattr("connectors.polling.BUDGET_SECONDS", 0)
    poll_now(account)
    assert 0 < Message.objects.count() < 200
    monkeypatch.undo()
    poll_now(account)
    assert set(Message.objects.values_list("remote_id", flat=True)) == set(ids)


@pytest.mark.django_db
def test_what_is_older_than_a_day_when_the_account_is_connected_is_never_collected(account, sandbox):
    sandbox.post(POSTS, author="Ann", text="Long ago", created_at="2026-01-05T10:00:00Z")
    poll_now(account)
    poll_now(account)
    assert not Message.objects.exists()
    new = sandbox.post(POSTS, author="Ann", text="Now")
    poll_now(account)
    assert Message.objects.get().remote_id == new


@pytest.mark.django_db
def test_an_edit_is_read_with_its_history_and_a_deletion_is_marked(account, sandbox):
    post = sandbox.post(POSTS, author="Ann", text="There is a noise outside")
    other = sandbox.post(POSTS, author="Bo", text="Never mind me")
    poll_now(account)
    sandbox.call("POST", f"{POSTS}/{post}/edit", json={"text": "He has a gun, he is inside the house"})
    sandbox.call("DELETE", f"{POSTS}/{other}")
    poll_now(account)
    message = Message.objects.defer("search").get(remote_id=post)
    assert "gun" in message.text
    assert message.level == 3
    assert Message.objects.get(remote_id=other).deleted_at
    assert MessageEdit.objects.get().text.endswith("There is a noise outside")
    poll_now(account)
    assert Message.objects.count() == 2
    assert MessageEdit.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["context", "status"])
@pytest.mark.parametrize("status", [500, 403])
def test_what_stands_around_a_message_never_holds_it_up(account, sandbox, operation, status):
    root = sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    sandbox.fault("mastodon", operation, "status", status=status, times=0)
    sandbox.post(POSTS, author="Bo", text="He has a gun", in_reply_to=root)
    poll_now(account)
    assert Message.objects.count() == 2
    assert account.failures == 0


@pytest.mark.django_db
def test_a_picture_comes_with_its_text_and_is_fetched(account, sandbox):
    picture = {"name": "van.png", "type": "image/png", "base64": DOT}
    sandbox.post(POSTS, author="Ann", text="This van", attachments=[picture])
    poll_now(account)
    attachment = Attachment.objects.get()
    assert fetch_attachment(attachment.pk)
    attachment.refresh_from_db()
    assert attachment.state == "stored"
    assert attachment.media_type == "image/png"


def test_the_text_for_those_who_cannot_see_a_picture_is_kept():
    status = status_of(
        "<p>Look</p>", media_attachments=[{"id": "5", "type": "image", "description": "A van"}]
    )
    assert parse_status(status, OWN, Setting(), "{}").files[0].alternative == "A van"


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["public", "private"])
def test_pictures_go_out_with_their_text(account, sandbox, way):
    post = sandbox.post(POSTS, author="Ann", text="Where is the station?")
    poll_now(account)
    target = Message.objects.defer("search").get().terms[f"{way}_target"]
    file = OutgoingFile("map.png", "image/png", 8, "A map of the town", lambda: b"\x89PNG map")
    outgoing = Outgoing(reply_id=1, text="Here.", visibility=way, target=target, files=(file,))
    assert find_connector("mastodon").send(open_access(account), outgoing)
    told = sandbox.replies(post)[way][0]
    assert told["files"] == [{"name": "map.png", "alternative": "A map of the town", "size": 8}]


@pytest.mark.django_db
def test_a_picture_that_is_not_taken_proves_that_nothing_was_said(account, sandbox):
    post = sandbox.post(POSTS, author="Ann", text="Where is the station?")
    poll_now(account)
    target = Message.objects.defer("search").get().terms["public_target"]
    file = OutgoingFile("map.png", "image/png", 8, "A map", lambda: b"\x89PNG map")
    outgoing = Outgoing(reply_id=1, text="Here.", visibility="public", target=target, files=(file,))
    sandbox.fault("mastodon", "media_upload", "accept_then_cut")
    with pytest.raises(errors.Transient) as raised:
        find_connector("mastodon").send(open_access(account), outgoing)
    assert raised.value.proves_unsent
    assert not sandbox.replies(post)["public"]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["accept_then_cut", "cut"])
def test_a_reply_whose_line_broke_is_made_again_under_its_key_and_stands_there_once(
    account, sandbox, operator, fault
):
    post = sandbox.post(POSTS, author="Ann", text="Is anybody there?")
    poll_now(account)
    sandbox.fault("mastodon", "create_status", fault)
    row = answer(operator, Conversation.objects.get(), "We are here.", "public")
    assert row.state == ReplyState.SENT, row.error_text
    assert len(sandbox.replies(post)["public"]) == 1


@pytest.mark.django_db
def test_a_reply_whose_line_broke_twice_is_unknown_then_found(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Ann", text="Is anybody there? https://example.com/" + "x" * 60)
    poll_now(account)
    sandbox.fault("mastodon", "create_status", "accept_then_cut", times=2)
    row = answer(operator, Conversation.objects.get(), "We are: https://example.org/a/" + "y" * 50, "public")
    assert row.state == ReplyState.UNKNOWN
    assert look_for_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT
    assert row.remote_id == sandbox.replies(post)["public"][0]["id"]
    assert len(sandbox.replies(post)["public"]) == 1


@pytest.mark.django_db
def test_a_second_refusal_never_makes_an_attempt_that_may_have_gone_out_look_unsent(
    account, sandbox, operator
):
    sandbox.post(POSTS, author="Ann", text="Is anybody there?")
    poll_now(account)
    sandbox.fault("mastodon", "create_status", "accept_then_cut")
    sandbox.fault("mastodon", "create_status", "status", status=429, seconds=60)
    row = answer(operator, Conversation.objects.get(), "We are here.", "public")
    assert row.state == ReplyState.UNKNOWN


@pytest.mark.django_db
def test_sending_again_within_the_hour_gives_the_same_status(account, sandbox):
    sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    target = Message.objects.defer("search").get().terms["public_target"]
    outgoing = Outgoing(reply_id=7, text="Yes?", visibility="public", target=target)
    connector, access = find_connector("mastodon"), open_access(account)
    assert connector.send(access, outgoing) == connector.send(access, outgoing)


@pytest.mark.django_db
def test_a_deleted_post_fails_the_reply_for_certain(account, sandbox, operator):
    post = sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    sandbox.call("DELETE", f"{POSTS}/{post}")
    row = answer(operator, Conversation.objects.get(), "Yes?", "public")
    assert row.state == ReplyState.FAILED
    assert row.error_kind == "parent_gone"


@pytest.mark.django_db
def test_the_limit_is_kept_until_the_time_that_the_server_writes(account, sandbox):
    sandbox.fault("mastodon", "notifications", "status", status=429, seconds=120)
    row = poll_now(account)
    assert row.problem_kind == "rate_limited" and row.limited_until
    assert 60 < (row.limited_until - timezone.now()).total_seconds() <= 121


@pytest.mark.django_db
def test_under_the_platforms_real_limits_polling_slows_before_they_are_used_up(account, sandbox):
    sandbox.call("POST", "/town/limits", json={"real": True})
    try:
        for _ in range(250):
            requests.get(
                f"{sandbox.url}/api/v1/notifications",
                headers={"Authorization": "Bearer sandbox-mastodon-token-1"},
                timeout=5,
            )
        row = poll_now(account)
        assert row.meter["requests_left"] < 50
        assert (row.next_poll_at - timezone.now()).total_seconds() > row.poll_seconds * 2
    finally:
        sandbox.call("POST", "/town/limits", json={"real": False})


@pytest.mark.django_db
def test_a_token_that_was_taken_back_is_told_after_three_refusals(account, sandbox):
    sandbox.call("POST", "/town/faults", json={"channel": "mastodon", "fault": "revoke_token"})
    for _ in range(3):
        Account.objects.filter(pk=account.pk).update(next_poll_at=timezone.now())
        poll_account(account.pk)
    account.refresh_from_db()
    assert account.state == "reconnect"


@pytest.mark.django_db
def test_an_item_that_cannot_be_read_is_shown_and_holds_nothing_up(account, sandbox):
    sandbox.fault("mastodon", "notifications", "wrong_types")
    sandbox.post(POSTS, author="Ann", text="Hello?")
    poll_now(account)
    assert Message.objects.get().unreadable


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (401, errors.AuthExpired, errors.AuthExpired),
        (403, errors.PermissionMissing, errors.NotPermitted),
        (404, errors.ParentGone, errors.ParentGone),
        (410, errors.ParentGone, errors.ParentGone),
        (422, errors.InvalidContent, errors.InvalidContent),
        (302, errors.InvalidContent, errors.InvalidContent),
        (429, errors.RateLimited, errors.RateLimited),
        (500, errors.Transient, errors.UnknownOutcome),
        (503, errors.Transient, errors.UnknownOutcome),
    ],
)
def test_each_status_has_its_meaning_whatever_its_text(status, reading, writing):
    response = requests.Response()
    response.status_code = status
    assert type(explain_refusal(response, writing=False)) is reading
    assert type(explain_refusal(response, writing=True)) is writing


@pytest.mark.parametrize(
    "said", ["", "nonsense", "1700000000", "2001-01-01T00:00:00Z", "2900-01-01T00:00:00Z"]
)
def test_a_reset_that_makes_no_sense_never_stops_an_account_for_long(said):
    response = requests.Response()
    response.headers["X-RateLimit-Reset"] = said
    assert timedelta(0) < read_reset(response) - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<br />two</p><p>three</p>", "One\ntwo\n\nthree"),
        (
            '<p><a href="https://e.org/ab"><span class="invisible">https://</span>'
            '<span class="ellipsis">e.org/a</span><span class="invisible">b</span></a></p>',
            "https://e.org/ab",
        ),
        ("<p>&lt;b&gt; &amp; co</p>", "<b> & co"),
        ("<p>a</p><ul><li>b</li><li>c</li></ul>", "a\n\n• b\n• c"),
        ("<p>x<script>alert(1)</script>y", "xy"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_html_is_read_as_people_read_it(html, text):
    assert read_html(html) == text


def status_of(content, **more):
    return {
        "id": "10",
        "created_at": "2026-11-22T20:00:00.000Z",
        "visibility": "public",
        "content": content,
        "account": {"id": "9", "acct": "jo@far.example", "username": "jo", "display_name": ""},
        **more,
    }


def test_a_content_warning_stands_in_front_so_that_triage_reads_it():
    status = status_of("<p>see picture</p>", spoiler_text="man with a gun")
    assert parse_status(status, OWN, Setting(), "{}").text == "Content warning: man with a gun\n\nsee picture"


def test_a_reply_is_never_seen_more_widely_than_what_it_answers():
    def terms(visibility):
        return parse_status(status_of("x", visibility=visibility), OWN, Setting(), "{}").terms

    assert terms("public").public_target.startswith("public:")
    assert terms("unlisted").public_target.startswith("unlisted:")
    for narrow in ("private", "direct", "limited"):
        assert terms(narrow).public_refusal
        assert terms(narrow).private_target.startswith("direct:")


def test_the_name_in_front_is_added_once_and_does_not_count_when_texts_are_compared():
    assert address("Hello", "jo@far.example") == "@jo@far.example Hello"
    assert address("Hello @Jo@far.example", "jo@far.example") == "Hello @Jo@far.example"
    assert address("Hello @jo@far.example.org", "jo@far.example").startswith("@jo@far.example ")
    assert normalise("@jo@far.example We  are here") == normalise("@jo We are here")


def test_a_text_that_is_too_long_with_its_name_is_refused_before_it_leaves(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    access = AccountAccess(
        1, "", {"server": "a.example", "account_id": "1", "max_characters": 100}, {"access_token": "t"}
    )
    outgoing = Outgoing(1, "x" * 98, "public", "public:5:jo@far.example")
    with pytest.raises(errors.InvalidContent):
        find_connector("mastodon").send(access, outgoing)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("mastodon.social", "mastodon.social"),
        ("https://Mastodon.Social/", "mastodon.social"),
        ("@police@northshire.social", "northshire.social"),
    ],
)
def test_a_server_is_understood_however_it_is_typed(typed, host):
    assert config.read_host(typed) == host


@pytest.mark.parametrize("typed", ["", "wrong", "127.0.0.1:8000", "http://a.b", "a b.c", "[::1]"])
def test_what_is_no_server_is_refused_with_a_sentence(typed):
    with pytest.raises(errors.InvalidContent):
        config.read_host(typed)


@pytest.mark.django_db
def test_the_servers_own_length_is_what_the_composer_counts_with(account):
    assert account.config["max_characters"] == 500
    assert account.capabilities.public_length == 500 - config.NAME_ROOM
    access = AccountAccess(1, "", {**account.config, "max_characters": 5_000}, {})
    assert find_connector("mastodon").capabilities(access).public_length == 5_000 - config.NAME_ROOM


@pytest.mark.django_db
def test_a_picture_is_fetched_from_the_servers_hosts_only(account):
    config_of_it = {**account.config, "file_hosts": "files.example.net", "media_hosts": ["cdn.example.org"]}
    hosts = config.list_file_hosts(config_of_it)
    assert {"northshire.social", ".northshire.social", "files.example.net", "cdn.example.org"} == set(hosts)
