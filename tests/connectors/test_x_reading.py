"""Every way in which X makes reading hard (contract section 11), played by the sandbox."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit.models import Entry
from connectors.access import open_access
from connectors.contract import Outgoing
from connectors.models import Account
from connectors.polling import poll_account
from connectors.registry import find_connector
from connectors.secrets import seal
from connectors.services import add_account, reconnect_account
from connectors.twitter import config, gaps
from inbox.models import Conversation, Message, RawPayload
from staff.models import Role
from tests.connectors.conftest import poll_now
from tests.connectors.test_x import OAUTH2
from tests.factories import make_member
from tests.together import run_together

pytestmark = pytest.mark.django_db


def texts() -> list[str]:
    return list(Message.objects.filter(direction="in").order_by("id").values_list("text", flat=True))


def ago(**span) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def warnings(account: Account) -> str:
    return " ".join(account.meter["warnings"])


def test_nothing_new_comes_without_a_list_and_changes_nothing(x_account, sandbox):
    poll_now(x_account)
    assert x_account.failures == 0
    assert texts() == []


def test_a_mention_that_appears_late_below_the_cursor_is_collected(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="First", created_at=ago(minutes=9))
    poll_now(x_account)
    sandbox.post("/town/x/posts", author="Kit", text="Written before", created_at=ago(minutes=20), late=True)
    poll_now(x_account)
    assert [text.removeprefix("@NorthshirePol ") for text in texts()] == ["First", "Written before"]


def test_a_private_message_that_appears_late_below_the_cursor_is_collected(x_account, sandbox):
    for number in range(3):
        sandbox.post("/town/x/messages", author="Jo", text=f"Number {number}")
    poll_now(x_account)
    # As if the first had not been in the list yet when it was read.
    lost = Message.objects.defer("search").order_by("id").first()
    lost.delete()
    RawPayload.objects.filter(remote_id=lost.remote_id).delete()
    poll_now(x_account)
    assert sorted(texts()) == ["Number 0", "Number 1", "Number 2"]


def flood(sandbox, count: int) -> None:
    batch = [{"author": f"Person {number}", "text": f"Number {number}"} for number in range(count)]
    sandbox.call("POST", "/town/x/posts", json=batch)


def test_more_than_800_mentions_at_once_are_filled_up_by_search_and_that_is_said(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Before")
    poll_now(x_account)
    flood(sandbox, 950)
    poll_now(x_account)
    assert Message.objects.count() == 951
    assert "The 150 that X's list left out were found by search" in warnings(x_account)
    poll_now(x_account)
    assert "found by search" in warnings(x_account), "it is still said after the next poll"
    assert Message.objects.count() == 951


def test_where_search_is_refused_the_gap_is_said_with_its_times(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Before")
    poll_now(x_account)
    flood(sandbox, 850)
    sandbox.fault("x", "search_recent", "status", status=403, times=0)
    poll_now(x_account)
    assert Message.objects.count() == 801
    assert "X's list holds no more" in warnings(x_account)
    assert "may be missing" in warnings(x_account)


def test_a_gap_is_noticed_even_when_protected_authors_make_the_pages_short(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Before")
    poll_now(x_account)
    flood(sandbox, 60)
    hidden = [{"author": f"P{number}", "text": "Psst", "protected": True} for number in range(40)]
    sandbox.call("POST", "/town/x/posts", json=hidden)
    flood(sandbox, 790)
    poll_now(x_account)
    assert Message.objects.count() == 851
    assert gaps.PAGES_OF_REACH == 8


def test_an_edit_chain_is_one_message_with_its_history(x_account, sandbox):
    latest = sandbox.post("/town/x/posts", author="Jo", text="There is a fight")
    poll_now(x_account)
    for words in ("@NorthshirePol There is a big fight", "@NorthshirePol There is a knife fight"):
        answer = sandbox.call("POST", f"/town/x/posts/{latest}/edit", json={"text": words})
        latest = answer["id"]
        poll_now(x_account)
    message = Message.objects.defer("search").get()
    assert "knife" in message.text
    assert [edit.text.split()[-2] for edit in message.edits.order_by("id")] == ["a", "big"]


def test_a_deletion_of_the_last_day_is_found_by_the_hourly_look(x_account, sandbox, monkeypatch):
    first = sandbox.post("/town/x/posts", author="Jo", text="He is hitting me")
    poll_now(x_account)
    monkeypatch.setattr(config, "LOOK_UP_AGE_SECONDS", 0)
    sandbox.post("/town/x/posts", author="Kit", text="Hello")
    poll_now(x_account)
    assert first in x_account.cursor["ageing"] and first not in x_account.cursor["young"]
    sandbox.call("DELETE", f"/town/x/posts/{first}")
    poll_now(x_account)
    assert Message.objects.defer("search").get(remote_id=first).deleted_at


def test_a_parent_that_was_deleted_or_is_protected_is_said_and_the_item_kept(x_account, sandbox):
    parent = sandbox.post("/town/x/posts", author="Kit", text="Gone soon", mention=False)
    sandbox.post("/town/x/posts", author="Jo", text="@NorthshirePol see this", in_reply_to=parent)
    sandbox.call("DELETE", f"/town/x/posts/{parent}")
    hidden = sandbox.post("/town/x/posts", author="Secret", text="Mine", mention=False, protected=True)
    sandbox.post("/town/x/posts", author="Jo", text="@NorthshirePol and this", in_reply_to=hidden)
    poll_now(x_account)
    remarks = [message.terms.get("remarks") for message in Message.objects.defer("search")]
    assert remarks == [["The post that this one answers is deleted or protected."]] * 2


def test_the_parent_and_the_quoted_post_stand_beside_the_message(x_account, sandbox):
    parent = sandbox.post("/town/x/posts", author="Kit", text="There was a crash", mention=False)
    sandbox.post("/town/x/posts", author="Jo", text="@NorthshirePol see this", in_reply_to=parent)
    sandbox.post("/town/x/posts", author="Ann", text="@NorthshirePol and this", quotes=parent)
    poll_now(x_account)
    quoted = list(Message.objects.order_by("id").values_list("quoted", flat=True))
    assert quoted == ["In answer to @kit: There was a crash", "Quoting @kit: There was a crash"]


def test_a_quote_of_our_post_is_collected_although_it_does_not_name_us(x_account, sandbox):
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    poll_now(x_account)
    sandbox.post("/town/x/posts", author="Jo", text="Because somebody is on it", quotes=ours, mention=False)
    poll_now(x_account)
    message = Message.objects.defer("search").get()
    assert message.text.startswith("Because somebody is on it")
    assert "The bridge is closed" in message.quoted
    assert message.terms["public_refusal"] == ""
    poll_now(x_account)
    assert Message.objects.count() == 1


def test_a_reply_to_us_that_leaves_our_name_out_is_collected_and_says_how_to_answer(x_account, sandbox):
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    sandbox.post("/town/x/posts", author="Jo", text="I am on it", in_reply_to=ours, mention=False)
    poll_now(x_account)
    message = Message.objects.defer("search").get()
    assert message.text == "I am on it"
    assert "Answer privately, or open the post on X" in message.terms["public_refusal"]
    assert message.terms["private_target"].startswith("with:")


def test_a_long_post_is_read_whole_from_note_tweet(x_account, sandbox):
    long = "Please help. " * 60 + "I am at the harbour."
    sandbox.post("/town/x/posts", author="Jo", text=long)
    poll_now(x_account)
    assert texts()[0].endswith("I am at the harbour.")


def test_both_spellings_of_the_renamed_fields_are_read(x_account, sandbox):
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    long = "Please help. " * 60 + "The end."
    sandbox.post("/town/x/posts", author="Jo", text=long, in_reply_to=ours)
    sandbox.fault("x", "mentions", "new_names", times=0)
    poll_now(x_account)
    message = Message.objects.defer("search").get()
    assert message.text.endswith("The end.")
    assert message.in_reply_to == ours


def test_pictures_come_with_their_alternative_text():
    from connectors.twitter.files import list_files

    media = {
        "3_1": {
            "media_key": "3_1",
            "type": "photo",
            "url": "https://pbs.twimg.com/a.jpg",
            "alt_text": "A car",
        }
    }
    (file,) = list_files({"attachments": {"media_keys": ["3_1"]}}, media)
    assert (file.alternative, file.source) == ("A car", "https://pbs.twimg.com/a.jpg")


def test_the_place_that_a_writer_marked_is_said(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Help", place="Harrow Bridge")
    poll_now(x_account)
    remarks = Message.objects.defer("search").get().terms["remarks"]
    assert remarks == ["The writer marked it as written at Harrow Bridge."]


def test_a_group_is_one_conversation_and_is_answered_as_one(x_account, sandbox):
    sandbox.post("/town/x/messages", author="Jo", text="We hear shouting", group="Neighbours")
    sandbox.post("/town/x/messages", author="Kit", text="Me too", group="Neighbours")
    poll_now(x_account)
    conversation = Conversation.objects.get()
    assert conversation.messages.count() == 2
    target = conversation.messages.defer("search").first().terms["private_target"]
    assert target.startswith("in:") and "-" not in target
    outgoing = Outgoing(reply_id=1, text="Officers are on their way", visibility="private", target=target)
    receipt = find_connector("twitter").send(open_access(x_account), outgoing)
    found = find_connector("twitter").find_sent(open_access(x_account), outgoing)
    assert found.remote_id == receipt.remote_id


def test_an_empty_bucket_of_one_endpoint_does_not_hold_up_the_mentions(x_account, sandbox):
    for operation in ("search_recent", "tweets_lookup", "dm_events", "quote_tweets"):
        sandbox.fault("x", operation, "status", status=429, seconds=600, times=0)
    sandbox.post("/town/x/posts", author="Jo", text="Help")
    for _ in range(2):
        poll_now(x_account)
    assert len(texts()) == 1
    assert x_account.failures == 0 and x_account.limited_until is None
    assert "Private messages are limited until" in warnings(x_account)
    assert "Replies that do not name us could not be read" in warnings(x_account)


def test_the_platforms_own_buckets_of_15_minutes_are_never_overrun(x_account, sandbox):
    sandbox.call("POST", "/town/limits", json={"real": True})
    try:
        for _ in range(30):
            Account.objects.update(next_poll_at=datetime.now(UTC))
            poll_account(x_account.pk)
    finally:
        sandbox.call("POST", "/town/limits", json={"real": False})
    assert [entry for entry in sandbox.journal("refused") if entry["data"].get("status") == 429] == []


def test_used_up_credits_are_said_and_asked_for_again_only_after_a_quarter_of_an_hour(x_account, sandbox):
    sandbox.fault("x", "mentions", "status", status=402, times=0)
    poll_now(x_account)
    assert x_account.problem_kind == "quota_exhausted"
    assert x_account.problem == "The X credits are used up."
    assert x_account.next_poll_at > datetime.now(UTC) + timedelta(minutes=14)


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("html", {"status": 503}),
        ("truncated_gzip", {}),
        ("truncated", {}),
        ("cut", {}),
        ("status", {"status": 401}),
    ],
)
def test_a_passing_fault_loses_nothing(x_account, sandbox, fault, more):
    sandbox.post("/town/x/posts", author="Jo", text="Help")
    sandbox.fault("x", "mentions", fault, **more)
    poll_now(x_account)
    assert (x_account.failures, x_account.state) == (1, "active")
    poll_now(x_account)
    assert len(texts()) == 1 and x_account.failures == 0


def test_a_storm_of_wrong_401s_neither_disconnects_nor_spends_refresh_tokens_on_end(sandbox):
    account = add_account(actor=None, channel="twitter", name="By OAuth 2.0", values=OAUTH2)
    first = open_access(account).secrets
    sandbox.fault("x", "mentions", "status", status=401, times=2)
    poll_now(account)
    assert (account.state, account.failures) == ("active", 1)
    assert open_access(account).secrets == first
    poll_now(account)
    assert (account.state, account.failures) == ("active", 0)
    assert open_access(account).secrets["refresh_token"] != first["refresh_token"]


def test_a_token_is_renewed_before_its_end_by_one_of_many_and_stored_before_use(sandbox):
    account = add_account(actor=None, channel="twitter", name="By OAuth 2.0", values=OAUTH2)
    secrets = open_access(account).secrets
    near = (datetime.now(UTC) + timedelta(seconds=200)).isoformat()
    Account.objects.update(secrets=seal({**secrets, "expires_at": near}))
    access = [open_access(Account.objects.get()) for _ in range(3)]
    for one in access:
        find_connector("twitter").check(one)
    kept = open_access(Account.objects.get()).secrets
    assert [one.secrets for one in access] == [kept] * 3
    tokens = [
        entry for entry in sandbox.journal("served") if entry["data"].get("operation") == "oauth2_token"
    ]
    assert len(tokens) == 2, "one renewal when it was connected, one now"


@pytest.mark.django_db(transaction=True)
def test_many_processes_that_meet_the_end_of_a_token_at_once_renew_it_once(sandbox):
    account = add_account(actor=None, channel="twitter", name="By OAuth 2.0", values=OAUTH2)
    past = {**open_access(account).secrets, "expires_at": "2026-01-01T00:00:00+00:00"}
    Account.objects.update(secrets=seal(past))
    before = len(renewals(sandbox))

    def ask() -> str:
        access = open_access(Account.objects.get())
        assert find_connector("twitter").check(access).ok
        return access.secrets["refresh_token"]

    tokens = run_together(*[ask] * 6)
    assert len(renewals(sandbox)) - before == 1
    assert set(tokens) == {open_access(Account.objects.get()).secrets["refresh_token"]}


def renewals(sandbox) -> list[dict[str, Any]]:
    return [one for one in sandbox.journal("served") if one["data"].get("operation") == "oauth2_token"]


def test_a_refresh_token_used_twice_ends_the_family_and_asks_for_a_new_connection(sandbox):
    account = add_account(actor=None, channel="twitter", name="By OAuth 2.0", values=OAUTH2)
    secrets = open_access(account).secrets
    spent = {**secrets, "refresh_token": "sandbox-refresh-1", "expires_at": "2026-01-01T00:00:00+00:00"}
    Account.objects.update(secrets=seal(spent))
    poll_now(account)
    assert account.state == "reconnect"
    assert "does not accept this connection any more" in account.problem


def test_words_are_listened_for_only_when_an_admin_acknowledged_the_terms(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="A bomb at Harrow Bridge", mention=False)
    x_account.config |= {"keywords": "bomb, knife", "keywords_acknowledged": False}
    x_account.save()
    poll_now(x_account)
    assert texts() == []
    x_account.config |= {"keywords_acknowledged": True}
    x_account.save()
    poll_now(x_account)
    assert texts() == ["A bomb at Harrow Bridge"]
    assert "mentioned or quoted" in Message.objects.defer("search").get().terms["public_refusal"]


def test_the_trail_keeps_who_acknowledged_the_terms_of_listening(x_account, sandbox):
    values = {"plan": "pay", "keywords": "bomb", "keywords_acknowledged": True}
    reconnect_account(actor=make_member("Ada", Role.ADMIN), account_id=x_account.pk, values=values)
    entry = Entry.objects.get(verb="account settings changed")
    changed = json.loads(entry.details)["changed"]
    assert entry.actor_name == "Ada"
    assert (changed["keywords"], changed["keywords_acknowledged"]) == ("bomb", True)
    assert "secret" not in entry.details


def test_many_words_are_asked_for_in_at_most_512_characters():
    from connectors.twitter.sides import listening_query
    from tests.connectors.test_x import OWN

    settings = {
        "keywords": ", ".join(f"word{number}" for number in range(200)),
        "keywords_acknowledged": True,
    }
    query = listening_query(settings, OWN)
    assert 400 < len(query) <= 512
    assert query.endswith(f") -is:retweet -from:{OWN.username}")
    assert listening_query({"keywords": '"', "keywords_acknowledged": True}, OWN) == ""


def test_the_meter_says_what_is_left_and_what_was_spent(x_account, sandbox):
    for number in range(3):
        sandbox.post("/town/x/posts", author=f"Person {number}", text="Help")
    poll_now(x_account)
    assert x_account.meter["mention_requests_left"] > 0
    assert x_account.meter["message_requests_left"] > 0
    spent = x_account.cursor["paid"]["today"]
    # Three owned reads and three people, and a look at each of them again (contract section 1.1).
    assert spent == pytest.approx(3 * 0.001 + 3 * 0.010, abs=0.02)
    poll_now(x_account)
    assert x_account.cursor["paid"]["this_month"] < 2 * spent + 0.05
    assert json.dumps(x_account.cursor)


def test_an_account_beyond_its_budget_is_asked_less_often_and_says_so(x_account, sandbox):
    x_account.config |= {"monthly_budget": 10}
    x_account.cursor |= {"paid": {"month": f"{datetime.now(UTC):%Y-%m}", "this_month": 9.99, "day": ""}}
    x_account.save()
    poll_now(x_account)
    assert x_account.meter["wait_seconds"] == 60
    assert "X is asked 4 times less often" in warnings(x_account)
    sandbox.post("/town/x/posts", author="Jo", text="Help")
    poll_now(x_account)
    assert x_account.meter["wait_seconds"] == 120
    assert len(texts()) == 1, "what comes is collected all the same"
