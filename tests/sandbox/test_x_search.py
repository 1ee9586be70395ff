"""Search, quotes, groups and consent of the pretended X, by X's own description where it is at hand."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import tweepy

from tests.sandbox.platforms import follows_the_rule_book


def search(x, query: str, **more) -> list[str]:
    found = x.client.search_recent_tweets(query, max_results=10, user_auth=True, **more)
    return [post.text for post in found.data or []]


def test_search_knows_words_phrases_brackets_operators_and_their_opposites(town, x):
    ours = town.post("/town/x/announcements", text="The bridge is closed")
    town.post("/town/x/posts", author="Jo", text="A knife at the bridge", mention=False)
    town.post("/town/x/posts", author="Kit", text="Knives are sharp", mention=False)
    town.post("/town/x/posts", author="Ann", text="Thank you", in_reply_to=ours)
    town.post("/town/x/posts", author="Lee", text="Hm", in_reply_to=ours, mention=False)
    assert search(x, '("knife" OR "the bridge") -from:NorthshirePol') == ["A knife at the bridge"]
    assert search(x, "to:NorthshirePol -@NorthshirePol") == ["Hm"]
    assert search(x, f"conversation_id:{ours} -from:NorthshirePol") == ["Hm", "@NorthshirePol Thank you"]
    assert search(x, "from:kit -is:retweet") == ["Knives are sharp"]
    follows_the_rule_book(x.body, "Get2TweetsSearchRecentResponse")
    assert search(x, "nothing of the kind") == []
    follows_the_rule_book(x.body, "Get2TweetsSearchRecentResponse")


def test_search_turns_its_pages_and_refuses_what_is_older_than_a_week(town, x):
    batch = [{"author": f"P{number}", "text": f"Fire {number}"} for number in range(25)]
    town.call("POST", "/town/x/posts", json=batch)
    pages = list(tweepy.Paginator(x.client.search_recent_tweets, "fire", max_results=10, user_auth=True))
    assert [len(page.data) for page in pages] == [10, 10, 5]
    with pytest.raises(tweepy.BadRequest):
        search(x, "fire", start_time=datetime.now(UTC) - timedelta(days=8))
    with pytest.raises(tweepy.BadRequest):
        search(x, "x" * 513)


def test_quotes_of_a_post_are_counted_and_listed(town, x):
    ours = town.post("/town/x/announcements", text="The bridge is closed")
    for author in ("Jo", "Kit"):
        town.post("/town/x/posts", author=author, text=f"Said {author}", quotes=ours, mention=False)
    post = x.client.get_tweet(ours, tweet_fields=["public_metrics"], user_auth=True).data
    assert post.public_metrics["quote_count"] == 2
    found = x.client.get_quote_tweets(ours, max_results=10, user_auth=True)
    assert [post.text for post in found.data] == ["Said Kit", "Said Jo"]
    follows_the_rule_book(x.body, "Get2TweetsIdQuoteTweetsResponse")


def test_a_group_has_one_number_and_is_answered_as_a_whole(town, x):
    town.post("/town/x/messages", author="Jo", text="We are many", group="Neighbours")
    fields = ["sender_id", "dm_conversation_id", "created_at"]
    found = x.client.get_direct_message_events(dm_event_fields=fields, user_auth=True)
    group = found.data[0].dm_conversation_id
    assert group.isdecimal()
    follows_the_rule_book(x.body, "Get2DmEventsResponse")
    x.client.create_direct_message(dm_conversation_id=group, text="We are coming", user_auth=True)
    thread = x.client.get_direct_message_events(dm_conversation_id=group, user_auth=True)
    assert [event.text for event in thread.data] == ["We are coming", "We are many"]
    with pytest.raises(tweepy.NotFound):
        x.client.create_direct_message(dm_conversation_id="123456789012345678", text="Hello", user_auth=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "another"}, "client ID is not known"),
        ({"redirect_uri": "https://evil.example/"}, "callback address is not registered"),
        ({"code_challenge_method": "plain"}, "S256 challenge"),
        ({"state": ""}, "S256 challenge"),
    ],
)
def test_the_consent_page_asks_nobody_for_what_is_wrong(town, change, words):
    asked = {
        "response_type": "code",
        "client_id": "sandbox-client",
        "redirect_uri": "http://127.0.0.1:8000/accounts/consent/",
        "scope": "tweet.read",
        "state": "s",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }
    page = requests.get(f"{town.url}/i/oauth2/authorize", params=asked | change, timeout=5)
    assert page.status_code == 400 and words in page.text and "<button" not in page.text
