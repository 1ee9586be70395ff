"""The desk writes on X with tweepy: what is accepted, what is refused, and how (contract 1.5 to 1.8)."""

from pathlib import Path

import pytest
import requests
import tweepy
import yaml

from sandbox.x.weigh import weight
from tests.sandbox.platforms import X_ID, follows_the_rule_book, x_of

CLIENT = ("sandbox-client", "sandbox-client-secret")
SUITE = (
    Path(__file__).resolve().parents[3]
    / "shared/contracts/recorded/twitter/twitter-text/conformance__validate.yml"
)


def answer(x, parent, text="An officer is on the way."):
    return x.client.create_tweet(text=text, in_reply_to_tweet_id=parent)


def refresh(town, token):
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return requests.post(f"{town.url}/2/oauth2/token", data=form, auth=CLIENT, timeout=5)


def test_a_reply_stands_under_the_post_and_the_public_sees_it(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    made = answer(x, post)
    assert x.wire.answer.status_code == 201
    follows_the_rule_book(x.body, "TweetCreateResponse")
    assert town.replies(post)["public"][0]["text"] == "An officer is on the way."
    own = x.client.get_users_tweets(
        X_ID, tweet_fields=["referenced_tweets"], since_id=post, max_results=100, user_auth=True
    )
    assert str(own.data[0].id) == made.data["id"]
    assert str(own.data[0].referenced_tweets[0].id) == post
    assert own.data[0].text == "@jo_m An officer is on the way."


def test_the_journal_says_what_was_accepted(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    answer(x, post)
    entry = town.journal("accepted")[0]["data"]
    assert (entry["what"], entry["in_reply_to"], entry["text"]) == (
        "reply",
        post,
        "An officer is on the way.",
    )


def test_the_same_words_twice_are_a_duplicate_until_a_day_has_passed(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    answer(x, post)
    with pytest.raises(tweepy.Forbidden) as refused:
        answer(x, post)
    assert refused.value.api_messages == ["You are not allowed to create a Tweet with duplicate content."]
    town.call("POST", "/town/clock", json={"shift_seconds": 86_401})
    answer(x, post)
    assert len(town.replies(post)["public"]) == 2


def test_a_post_that_does_not_mention_us_cannot_be_answered(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Police are slow", mention=False)
    with pytest.raises(tweepy.Forbidden) as refused:
        answer(x, post)
    assert "mentioned you" in refused.value.api_messages[0]


def test_a_deleted_post_cannot_be_answered(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    town.call("DELETE", f"/town/x/posts/{post}")
    with pytest.raises(tweepy.Forbidden) as refused:
        answer(x, post)
    assert "deleted or not visible" in refused.value.api_messages[0]


def test_an_answer_may_have_280_units_and_no_more(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    answer(x, post, "x" * 280)
    with pytest.raises(tweepy.BadRequest):
        answer(x, post, "x" * 281)
    with pytest.raises(tweepy.BadRequest):
        answer(x, post, "語" * 141)


def test_the_public_answers_our_answer_and_we_are_mentioned_again(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    ours = answer(x, post).data["id"]
    theirs = town.post("/town/x/posts", author="Jo M.", text="Thank you", in_reply_to=ours)
    found = x.mentions(since_id=post, tweet_fields=["conversation_id", "referenced_tweets"])
    assert [str(p.id) for p in found.data] == [theirs]
    assert str(found.data[0].conversation_id) == post
    assert found.data[0].text == "@NorthshirePol Thank you"


def test_an_own_post_can_be_deleted_and_nobody_elses(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    ours = answer(x, post).data["id"]
    assert x.client.delete_tweet(ours).data["deleted"] is True
    assert town.replies(post)["public"] == []
    with pytest.raises(tweepy.NotFound):
        x.client.delete_tweet(post)


def test_a_reply_can_be_hidden_only_under_our_own_posts(town, x):
    ours = x.client.create_tweet(text="Road closed at Mill Lane").data["id"]
    rude = town.post("/town/x/posts", author="Troll", text="rubbish", in_reply_to=ours)
    assert x.client.hide_reply(rude).data["hidden"] is True
    other = town.post("/town/x/posts", author="Troll", text="rubbish too")
    with pytest.raises(tweepy.Forbidden):
        x.client.hide_reply(other)


def test_a_private_answer_reaches_the_person_alone(town, x):
    message = town.post("/town/x/messages", author="Ann", text="He hits me")
    event = x.client.get_direct_message_events(dm_event_fields=["sender_id"], user_auth=True).data[0]
    sent = x.client.create_direct_message(participant_id=event.sender_id, text="Are you safe now?")
    follows_the_rule_book(x.body, "CreateDmEventResponse")
    assert town.replies(message) == {
        "public": [],
        "private": [
            {
                "id": str(sent.data["dm_event_id"]),
                "text": "Are you safe now?",
                "at": town.replies(message)["private"][0]["at"],
            }
        ],
    }


def test_nobody_unknown_can_be_written_to(x):
    with pytest.raises(tweepy.Forbidden) as refused:
        x.client.create_direct_message(participant_id=4242, text="Hello")
    assert refused.value.api_messages == ["You cannot send messages to this user."]


def test_a_picture_is_uploaded_described_and_sent(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Which form?")
    url = "https://api.twitter.com/2/media/upload"
    files = {"media": ("form.png", b"\x89PNG", "image/png")}
    done = x.client.session.post(url, files=files, data={"media_category": "tweet_image"}, auth=_signed(x))
    follows_the_rule_book(done.json(), "MediaUploadResponse")
    media = done.json()["data"]["id"]
    described = x.client.session.post(
        "https://api.twitter.com/2/media/metadata",
        json={"id": media, "metadata": {"alt_text": {"text": "Form L12"}}},
        auth=_signed(x),
    )
    assert (done.status_code, described.status_code) == (200, 200)
    made = x.client.create_tweet(text="This one", in_reply_to_tweet_id=post, media_ids=[media])
    seen = x.client.get_tweet(
        made.data["id"], expansions=["attachments.media_keys"], media_fields=["alt_text"], user_auth=True
    )
    assert seen.includes["media"][0].alt_text == "Form L12"
    with pytest.raises(tweepy.BadRequest):
        x.client.create_tweet(text="No such picture", in_reply_to_tweet_id=post, media_ids=["77"])


def _signed(x):
    return tweepy.OAuth1UserHandler(*x.given.values()).apply_auth()


def test_an_app_alone_may_read_the_public_side_only(town):
    with x_of(town, bearer_token="sandbox-app-bearer") as x:
        assert x.mentions().data is None
        with pytest.raises(tweepy.Forbidden):
            x.client.get_direct_message_events(user_auth=False)
        with pytest.raises(tweepy.Forbidden):
            x.client.create_tweet(text="Hello", user_auth=False)


def test_a_refresh_token_works_once_and_a_second_use_ends_the_family(town):
    first = refresh(town, "sandbox-refresh-1").json()
    assert (first["token_type"], first["expires_in"]) == ("bearer", 7200)
    second = refresh(town, first["refresh_token"]).json()
    with x_of(town, bearer_token=second["access_token"]) as x:
        assert str(x.client.get_me(user_auth=False).data.id) == X_ID
        replayed = refresh(town, first["refresh_token"])
        assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_request")
        with pytest.raises(tweepy.Unauthorized):
            x.client.get_me(user_auth=False)
    assert refresh(town, second["refresh_token"]).status_code == 400


def test_an_access_token_lives_two_hours(town):
    token = refresh(town, "sandbox-refresh-1").json()["access_token"]
    with x_of(town, bearer_token=token) as x:
        x.client.get_me(user_auth=False)
        town.call("POST", "/town/clock", json={"shift_seconds": 7201})
        with pytest.raises(tweepy.Unauthorized):
            x.client.get_me(user_auth=False)


def test_limits_are_told_and_kept(town, x):
    town.call("POST", "/town/limits", json={"real": True})
    for left in range(14, -1, -1):
        x.client.get_direct_message_events(user_auth=True)
        assert x.wire.headers["x-rate-limit-limit"] == "15"
        assert x.wire.headers["x-rate-limit-remaining"] == str(left)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        x.client.get_direct_message_events(user_auth=True)
    assert refused.value.reset_time == int(x.wire.headers["x-rate-limit-reset"])
    assert x.mentions().data is None, "another endpoint has its own bucket"
    town.call("POST", "/town/clock", json={"shift_seconds": 901})
    x.client.get_direct_message_events(user_auth=True)


def test_the_day_has_its_own_bucket_for_posts(town, x):
    x.client.create_tweet(text="Hello")
    assert int(x.wire.headers["x-user-limit-24hour-remaining"]) > 0
    assert (
        int(x.wire.headers["x-app-limit-24hour-reset"]) - int(x.wire.headers["x-rate-limit-reset"]) > 80_000
    )


def test_lengths_are_those_of_the_conformance_suite():
    """Both lists of the suite; where they differ, the one with an emoji as a whole (configuration v3)."""
    if not SUITE.exists():
        pytest.skip("the conformance suite is not beside this checkout (../shared/contracts/recorded)")
    tests = yaml.safe_load(SUITE.read_text())["tests"]
    plain, with_emoji = (
        tests["WeightedTweetsCounterTest"],
        tests["WeightedTweetsWithDiscountedEmojiCounterTest"],
    )
    texts = {case["text"]: case["expected"]["weightedLength"] for case in [*plain, *with_emoji]}
    assert len(texts) > 20
    assert {text[:60]: weight(text) for text in texts} == {text[:60]: texts[text] for text in texts}
