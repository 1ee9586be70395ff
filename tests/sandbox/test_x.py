"""The desk reads X with tweepy, unchanged, as contract sections 1.2 to 1.4 have it."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import tweepy

from sandbox.ids import time_of
from tests.sandbox.platforms import X_ID, follows_the_rule_book, x_of

ALL_FIELDS = [
    "id",
    "text",
    "note_tweet",
    "author_id",
    "created_at",
    "conversation_id",
    "in_reply_to_user_id",
    "referenced_tweets",
    "attachments",
    "entities",
    "edit_history_tweet_ids",
    "edit_controls",
    "lang",
    "geo",
    "possibly_sensitive",
    "reply_settings",
    "withheld",
]
ALL_EXPANSIONS = [
    "author_id",
    "in_reply_to_user_id",
    "referenced_tweets.id",
    "referenced_tweets.id.author_id",
    "attachments.media_keys",
    "geo.place_id",
]
EVERYTHING = {
    "tweet_fields": ALL_FIELDS,
    "expansions": ALL_EXPANSIONS,
    "media_fields": ["url", "width", "height", "alt_text"],
    "user_fields": ["created_at", "protected", "verified", "profile_image_url", "receives_your_dm"],
    "place_fields": ["full_name", "country_code", "place_type"],
}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_the_account_is_told_who_it_is(x):
    assert x.client.get_me().data.username == "NorthshirePol"
    follows_the_rule_book(x.body, "Get2UsersMeResponse")


def test_people_are_looked_up_by_id_and_by_name(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Hello")
    person = x.client.get_tweet(post, expansions=["author_id"], user_auth=True).includes["users"][0]
    asked = {"user_fields": ["description", "verified_type", "public_metrics"], "user_auth": True}
    assert x.client.get_user(username="jo_m", **asked).data.name == "Jo M."
    follows_the_rule_book(x.body, "Get2UsersByUsernameUsernameResponse")
    found = x.client.get_users(ids=[person.id, "77"], **asked)
    assert [user.username for user in found.data] == ["jo_m"]
    assert found.errors[0]["value"] == "77"
    follows_the_rule_book(x.body, "Get2UsersResponse")


def test_a_wrong_signature_opens_nothing(town):
    wrong = {
        "consumer_key": "sandbox-consumer",
        "consumer_secret": "sandbox-consumer-secret",
        "access_token": "sandbox-access-1",
        "access_token_secret": "guessed",
    }
    with x_of(town, **wrong) as x, pytest.raises(tweepy.Unauthorized):
        x.client.get_me()


def test_a_bearer_token_speaks_for_its_account(town):
    with x_of(town, bearer_token="sandbox-bearer-1") as x:
        assert str(x.client.get_me(user_auth=False).data.id) == X_ID


def test_nothing_new_has_no_data_at_all(x):
    assert x.mentions().data is None
    assert x.body == {"meta": {"result_count": 0}}


def test_a_post_by_anybody_reaches_the_force(town, x):
    identity = town.post("/town/x/posts", author="Jo M.", text="There is a man on the bridge")
    found = x.mentions(**EVERYTHING)
    assert [str(post.id) for post in found.data] == [identity]
    assert found.data[0].text == "@NorthshirePol There is a man on the bridge"
    assert found.includes["users"][0].name == "Jo M."
    follows_the_rule_book(x.body, "Get2UsersIdMentionsResponse")


def test_an_id_tells_its_time(town):
    identity = town.post("/town/x/posts", author="Jo M.", text="When was this?")
    assert abs(time_of(int(identity)) - datetime.now(UTC)) < timedelta(seconds=20)


def test_only_the_default_fields_come_unasked(town, x):
    town.post("/town/x/posts", author="Jo M.", text="Hello")
    x.mentions()
    assert set(x.body["data"][0]) == {"id", "text", "edit_history_tweet_ids"}
    assert "includes" not in x.body


def test_the_same_name_is_the_same_person(town, x):
    for text in ("One", "Two"):
        town.post("/town/x/posts", author="Jo M.", text=text)
    town.post("/town/x/posts", author="@jo_m_le3", text="Three")
    authors = [post.author_id for post in x.mentions(tweet_fields=["author_id"]).data]
    assert authors[1] == authors[2] != authors[0]


def test_pages_go_from_new_to_old_and_since_id_stops_them(town, x):
    ids = [town.post("/town/x/posts", author="Jo M.", text=f"Post {n}") for n in range(12)]
    pages, token = [], None
    while True:
        page = x.mentions(max_results=5, since_id=ids[0], pagination_token=token)
        pages.append([str(post.id) for post in page.data])
        token = page.meta.get("next_token")
        if token is None:
            break
    assert pages == [ids[:6:-1], ids[6:1:-1], [ids[1]]]
    assert x.body["meta"]["oldest_id"] == ids[1]


def test_until_id_and_times_bound_a_timeline(town, x):
    old = datetime.now(UTC) - timedelta(hours=2)
    early = town.post("/town/x/posts", author="A", text="early", created_at=old.isoformat())
    late = town.post("/town/x/posts", author="A", text="late")
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert [str(p.id) for p in x.mentions(until_id=late).data] == [early]
    assert [str(p.id) for p in x.mentions(start_time=hour_ago).data] == [late]
    assert [str(p.id) for p in x.mentions(end_time=hour_ago).data] == [early]


def test_a_late_post_appears_below_the_cursor_already_passed(town, x):
    seen = town.post("/town/x/posts", author="A", text="first seen")
    written = datetime.now(UTC) - timedelta(minutes=5)
    late = town.post("/town/x/posts", author="B", text="late", created_at=written.isoformat(), late=True)
    assert int(late) < int(seen)
    assert x.texts(since_id=seen) == []
    assert x.texts(start_time=datetime.now(UTC) - timedelta(minutes=30))[-1].endswith("late")


def test_more_than_800_new_mentions_lose_the_oldest_without_a_word(town, x):
    batch = [{"author": f"A{n}", "text": f"Post {n}"} for n in range(850)]
    ids = town.call("POST", "/town/x/posts", json=batch)["ids"]
    found: list[Any] = []
    token = None
    while token is not None or not found:
        page = x.mentions(max_results=100, since_id=ids[0], pagination_token=token)
        found += [str(post.id) for post in page.data]
        token = page.meta.get("next_token")
    assert found == ids[:49:-1]


def test_bad_parameters_are_refused_by_name(x):
    for more in ({"max_results": 4}, {"since_id": "abc"}, {"pagination_token": "nonsense"}):
        with pytest.raises(tweepy.BadRequest) as refused:
            x.mentions(**more)
        assert next(iter(more)) in refused.value.response.text
    follows_the_rule_book(x.body, "Problem")


def test_ampersands_and_angles_come_escaped_and_links_short(town, x):
    town.post("/town/x/posts", author="A", text="Fish & chips <now> https://fish.example/menu?a=1&b=2.")
    x.mentions(tweet_fields=["entities"])
    post = x.body["data"][0]
    link = post["entities"]["urls"][0]
    assert "Fish &amp; chips &lt;now&gt; https://t.co/" in post["text"]
    assert post["text"][link["start"] : link["end"]] == link["url"]
    assert link["expanded_url"] == "https://fish.example/menu?a=1&b=2"


def test_a_long_post_is_whole_only_in_its_note(town, x):
    text = "He went that way. " * 40
    town.post("/town/x/posts", author="A", text=text)
    x.mentions()
    assert len(x.body["data"][0]["text"]) < 300
    assert "note_tweet" not in x.body["data"][0]
    x.mentions(**EVERYTHING)
    assert x.body["data"][0]["note_tweet"]["text"] == "@NorthshirePol " + text
    follows_the_rule_book(x.body, "Get2UsersIdMentionsResponse")


def test_an_edit_is_a_new_id_in_the_same_chain(town, x):
    first = town.post("/town/x/posts", author="A", text="He has a knfe")
    second = town.call("POST", f"/town/x/posts/{first}/edit", json={"text": "@NorthshirePol He has a knife"})[
        "id"
    ]
    assert x.texts() == ["@NorthshirePol He has a knife"]
    assert x.body["data"][0]["edit_history_tweet_ids"] == [first, second]
    old = x.client.get_tweet(first, user_auth=True)
    assert old.data.text.endswith("knfe")


def test_a_deleted_post_is_an_error_within_a_200(town, x):
    kept = town.post("/town/x/posts", author="A", text="stays")
    gone = town.post("/town/x/posts", author="A", text="goes")
    town.call("DELETE", f"/town/x/posts/{gone}")
    found = x.client.get_tweets([kept, gone], user_auth=True)
    assert [str(post.id) for post in found.data] == [kept]
    assert found.errors[0]["resource_id"] == gone
    follows_the_rule_book(x.body, "Get2TweetsResponse")


def test_an_answer_refers_to_a_parent_that_may_be_gone_or_hidden(town, x):
    gone = town.post("/town/x/posts", author="A", text="goes")
    secret = town.post("/town/x/posts", author="B", text="secret", protected=True)
    for parent in (gone, secret):
        town.post("/town/x/posts", author="C", text="look", in_reply_to=parent)
    town.call("DELETE", f"/town/x/posts/{gone}")
    found = x.mentions(**EVERYTHING)
    kinds = {error["resource_id"]: error["type"].rpartition("/")[2] for error in found.errors}
    assert kinds == {gone: "resource-not-found", secret: "not-authorized-for-resource"}
    assert len(found.data) == 2, "the answers themselves stay, the protected post is not shown"


def test_a_picture_can_be_fetched_where_the_post_says(town, x):
    picture = {"name": "bag.png", "type": "image/png", "base64": base64.b64encode(PIXEL).decode()}
    town.post(
        "/town/x/posts", author="A", text="Found this bag", attachments=[picture], place="Harrow Bridge"
    )
    found = x.mentions(**EVERYTHING)
    media = found.includes["media"][0]
    assert requests.get(media.url, timeout=5).content == PIXEL
    assert found.includes["places"][0].full_name == "Harrow Bridge"
    follows_the_rule_book(x.body, "Get2UsersIdMentionsResponse")


def test_private_messages_come_newest_first_with_both_sides(town, x):
    for text in ("I am afraid", "He is outside & angry"):
        town.post("/town/x/messages", author="Ann", text=text)
    fields = ["sender_id", "dm_conversation_id", "created_at", "attachments"]
    found = x.client.get_direct_message_events(
        dm_event_fields=fields, expansions=["sender_id"], user_auth=True
    )
    assert [event.text for event in found.data] == ["He is outside &amp; angry", "I am afraid"]
    person = found.data[0].sender_id
    assert found.data[0].dm_conversation_id == "-".join(map(str, sorted([int(X_ID), int(person)])))
    follows_the_rule_book(x.body, "Get2DmEventsResponse")
    x.client.create_direct_message(participant_id=person, text="We are coming")
    thread = x.client.get_direct_message_events(participant_id=person, max_results=2, user_auth=True)
    assert [event.text for event in thread.data] == ["We are coming", "He is outside &amp; angry"]
    rest = x.client.get_direct_message_events(
        participant_id=person, max_results=2, pagination_token=thread.meta["next_token"], user_auth=True
    )
    assert [event.text for event in rest.data] == ["I am afraid"]
    assert "next_token" not in rest.meta


def test_messages_older_than_30_days_are_out_of_reach(town, x):
    town.post("/town/x/messages", author="Ann", text="Long ago")
    town.call("POST", "/town/clock", json={"shift_seconds": 31 * 86_400})
    assert x.client.get_direct_message_events(user_auth=True).data is None


def test_the_new_field_names_are_a_mode(town, x):
    town.post("/town/x/posts", author="A", text="Hello")
    town.fault("x", "mentions", "new_names")
    with x_of(town) as other, pytest.warns(RuntimeWarning):
        other.mentions()
        assert "edit_history_post_ids" in other.body["data"][0]
