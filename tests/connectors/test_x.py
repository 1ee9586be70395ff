"""What is X's own: renewed tokens, edits, deletions, gaps, and terms."""

import json
from pathlib import Path

import pytest

from connectors.access import open_access
from connectors.models import Account, AccountState
from connectors.services import add_account
from connectors.twitter.items import read_items
from connectors.twitter.parse import Own, parse_post
from connectors.twitter.sending import normalise
from inbox.incoming import Incoming
from inbox.models import Message
from tests.connectors.conftest import poll_now

RECORDED = Path(__file__).resolve().parents[2].parent / "shared/contracts/recorded/twitter"
OWN = Own("1500000000000000001", "NorthshirePol")
OAUTH2 = {
    "access_token": "out-of-date",
    "client_id": "sandbox-client",
    "client_secret": "sandbox-client-secret",
    "refresh_token": "sandbox-refresh-1",
    "plan": "pay",
}


def post(**changes):
    item = {
        "id": "2080765813578191303",
        "text": "@NorthshirePol hello",
        "author_id": "222",
        "created_at": "2026-07-24T21:23:23.000Z",
        "conversation_id": "2080765813578191303",
        "edit_history_tweet_ids": ["2080765813578191303"],
        **changes,
    }
    answer = {"data": [item], "includes": changes.pop("includes", {}), "meta": {"result_count": 1}}
    answer["_text"] = json.dumps({"data": [item]})
    return answer


def read(answer):
    (found,) = read_items(
        answer, "mentions", lambda item, includes, raw: parse_post(item, includes, OWN, raw)
    )
    return found.item


@pytest.mark.django_db
def test_a_token_that_ran_out_is_renewed_once_stored_and_used(sandbox):
    account = add_account(actor=None, channel="twitter", name="By OAuth 2.0", values=OAUTH2)
    kept = open_access(account).secrets
    assert kept["access_token"] != "out-of-date"
    assert kept["refresh_token"] != "sandbox-refresh-1"
    sandbox.post("/town/x/posts", author="Jo", text="Hello")
    poll_now(account)
    assert Message.objects.count() == 1
    assert open_access(Account.objects.get()).secrets == kept


@pytest.mark.django_db
def test_a_refresh_token_that_is_dead_asks_for_a_new_connection(sandbox):
    account = add_account(actor=None, channel="twitter", name="By OAuth 2.0", values=OAUTH2)
    secrets = open_access(account).secrets
    from connectors.secrets import seal

    dead = seal({**secrets, "access_token": "gone", "refresh_token": "gone"})
    Account.objects.update(secrets=dead)
    poll_now(account)
    assert account.failures == 1, "the first refusal of a token that should live is no proof"
    poll_now(account)
    assert account.state == AccountState.RECONNECT


@pytest.mark.django_db
def test_an_edited_post_shows_its_new_words_and_keeps_the_old(x_account, sandbox):
    first = sandbox.post("/town/x/posts", author="Jo", text="There is a fight")
    poll_now(x_account)
    sandbox.call(
        "POST", f"/town/x/posts/{first}/edit", json={"text": "@NorthshirePol There is a knife fight"}
    )
    poll_now(x_account)
    message = Message.objects.defer("search").get()
    assert "knife" in message.text
    assert message.edits.count() == 1


@pytest.mark.django_db
def test_a_post_edited_so_that_it_names_us_no_more_is_noticed_all_the_same(x_account, sandbox):
    first = sandbox.post("/town/x/posts", author="Jo", text="There is a fight")
    poll_now(x_account)
    sandbox.call("POST", f"/town/x/posts/{first}/edit", json={"text": "Never mind"})
    poll_now(x_account)
    assert Message.objects.defer("search").get().text == "Never mind"


@pytest.mark.django_db
def test_a_deleted_post_is_marked_and_its_words_are_kept(x_account, sandbox):
    first = sandbox.post("/town/x/posts", author="Jo", text="He is hitting me")
    poll_now(x_account)
    sandbox.call("DELETE", f"/town/x/posts/{first}")
    poll_now(x_account)
    message = Message.objects.defer("search").get()
    assert message.deleted_at
    assert "He is hitting me" in message.text


def test_the_untouched_source_holds_the_item_character_for_character():
    answer = post(text="caf\\u00e9")
    answer["_text"] = (
        '{"data": [ {"id":"1",  "author_id":"2","created_at":"2026-07-24T21:23:23.000Z","text":"\\u00e9"} ]}'
    )
    answer["data"] = json.loads(answer["_text"])["data"]
    item = read(answer)
    assert (
        b'{"id":"1",  "author_id":"2","created_at":"2026-07-24T21:23:23.000Z","text":"\\u00e9"}' in item.raw
    )
    assert item.text == "é"


def test_text_is_unescaped_long_form_first_and_addresses_are_written_out():
    links = {"urls": [{"url": "https://t.co/x", "expanded_url": "https://example.org/a"}]}
    item = read(post(text="short", note_tweet={"text": "A &amp; B https://t.co/x", "entities": links}))
    assert item.text == "A & B https://example.org/a"


def test_a_post_that_neither_names_nor_quotes_us_has_no_public_answer():
    item = read(post(text="hello", entities={"mentions": [{"username": "Other", "id": "9"}]}))
    assert "mentioned or quoted" in item.terms.public_refusal
    named = read(post(entities={"mentions": [{"username": "northshirepol", "id": OWN.id}]}))
    assert named.terms.public_refusal == ""


def test_a_post_that_only_named_people_may_answer_says_so():
    quoted = {"tweets": [{"id": "9", "author_id": OWN.id, "text": "ours"}]}
    item = post(
        entities={"mentions": [{"username": "Other", "id": "9"}]},
        referenced_tweets=[{"type": "quoted", "id": "9"}],
        reply_settings="mentionedUsers",
    )
    item["includes"] = quoted
    assert "lets only people answer whom the post names" in read(item).terms.public_refusal
    item["data"][0]["reply_settings"] = "everyone"
    item["_text"] = json.dumps({"data": item["data"]})
    assert read(item).terms.public_refusal == ""


def test_a_private_messages_picture_is_fetched_with_whatever_the_account_signs_in_with():
    from connectors.contract import AccountAccess
    from connectors.twitter.client import Client

    by_token = Client(AccountAccess(0, "", {}, {"access_token": "t"}))
    keys = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "k")
    by_keys = Client(AccountAccess(0, "", {}, keys))
    private = "https://api.x.com/2/dm_conversations/media/dm/1/2/a.jpg"
    assert by_token.sign_file(private).token == "t"
    assert by_keys.sign_file(private) is not None
    assert by_token.sign_file("https://pbs.twimg.com/a.jpg") is None
    assert by_keys.sign_file("https://pbs.twimg.com/a.jpg") is None


def test_a_person_who_takes_no_messages_cannot_be_written_to():
    users = {"users": [{"id": "222", "username": "jo", "name": "Jo", "receives_your_dm": False}]}
    answer = post()
    answer["includes"] = users
    assert read(answer).terms.private_refusal


def test_ids_beyond_the_numbers_of_other_languages_stay_exact():
    assert read(post(id="9223372036854775807", edit_history_tweet_ids=[])).remote_id == "9223372036854775807"


def test_our_words_are_recognised_as_x_gives_them_back():
    assert normalise("@jo_m @kit Officers &amp; dogs  are there") == normalise("Officers & dogs are there")
    assert normalise("@jo_m") == normalise("@jo_m")


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers of X are not beside the project")
def test_every_recorded_page_of_posts_is_read_item_by_item():
    pages = items = 0
    for path in sorted((RECORDED / "tweepy_cassettes").glob("*.json")):
        for answer in list_answers(json.loads(path.read_text())):
            data = answer.get("data")
            if (
                not isinstance(data, list)
                or not data
                or "text" not in data[0]
                or "dm_conversation_id" in data[0]
            ):
                continue
            answer["_text"] = json.dumps(answer)
            answer.setdefault("meta", {})
            found = read_items(
                answer, "mentions", lambda item, includes, raw: parse_post(item, includes, OWN, raw)
            )
            pages += 1
            items += len(found)
            assert len(found) == len(data)
            for one in found:
                has_author = "author_id" in json.loads(one.item.raw).get("data", {"author_id": 1})
                assert isinstance(one.item, Incoming) or not has_author or "author_id" in one.item.problem
    assert pages and items


def list_answers(node):
    """Yield every object that looks like an answer, however deep the recording holds it."""
    if isinstance(node, str) and node.lstrip().startswith("{"):
        try:
            node = json.loads(node)
        except ValueError:
            return
    if isinstance(node, dict):
        if isinstance(node.get("data"), list):
            yield dict(node)
        for value in node.values():
            yield from list_answers(value)
    elif isinstance(node, list):
        for value in node:
            yield from list_answers(value)
