"""What goes wrong at a platform can be ordered, and the journal knows what happened (contract 11)."""

import threading
import time

import facebook
import pytest
import requests
import tweepy

from tests.sandbox.platforms import PAGE, x_of


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, tweepy.Unauthorized),
        (402, tweepy.HTTPException),
        (403, tweepy.Forbidden),
        (429, tweepy.TooManyRequests),
        (500, tweepy.TwitterServerError),
        (503, tweepy.TwitterServerError),
    ],
)
def test_x_refuses_with_the_status_that_was_ordered(town, x, status, error):
    town.fault("x", "mentions", "status", status=status)
    with pytest.raises(error) as refused:
        x.mentions()
    assert refused.value.response.status_code == status
    assert x.mentions().data is None, "once, and no more"


def test_credits_run_out_by_name(town, x):
    town.fault("x", "mentions", "status", status=402)
    with pytest.raises(tweepy.HTTPException):
        x.mentions()
    assert x.body["title"] == "CreditsDepleted"


def test_a_throttled_call_says_when_to_come_back(town, x):
    town.fault("x", "mentions", "status", status=429, seconds=300)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        x.mentions()
    assert 290 < refused.value.reset_time - time.time() < 310


def test_a_proxy_answers_with_a_page_of_html(town, x, graph):
    town.fault("x", "mentions", "html")
    with pytest.raises(tweepy.TwitterServerError):
        x.mentions()
    assert x.wire.answer.text.startswith("<!DOCTYPE html>")
    town.fault("facebook", "feed", "html")
    with pytest.raises(facebook.GraphAPIError):
        graph.api.get_connections(PAGE, "feed")


def test_a_503_with_empty_braces_looks_like_success_to_the_library(town, graph):
    town.fault("facebook", "create_comment", "empty")
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    assert graph.api.put_comment(post, "Hello Ann") == {}
    assert graph.wire.answer.status_code == 503
    assert town.replies(post)["public"] == []


@pytest.mark.parametrize("fault", ["malformed", "truncated", "truncated_gzip"])
def test_a_body_can_be_broken(town, x, fault):
    town.post("/town/x/posts", author="Jo M.", text="Hello")
    town.fault("x", "mentions", fault)
    with pytest.raises((requests.exceptions.RequestException, ValueError)):
        x.mentions()


def test_a_reply_can_be_accepted_and_the_line_cut(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    town.fault("x", "create_tweet", "accept_then_cut")
    with pytest.raises(requests.exceptions.ConnectionError):
        x.client.create_tweet(text="Coming", in_reply_to_tweet_id=post)
    assert [reply["text"] for reply in town.replies(post)["public"]] == ["Coming"]
    assert town.journal("accepted")[-1]["data"]["fault"] == "accept_then_cut"


def test_the_line_can_be_cut_before_anything_is_done(town, x):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    town.fault("x", "create_tweet", "cut")
    with pytest.raises(requests.exceptions.ConnectionError):
        x.client.create_tweet(text="Coming", in_reply_to_tweet_id=post)
    assert town.replies(post)["public"] == []


@pytest.mark.parametrize(("fault", "done"), [("hang", 0), ("accept_then_hang", 1)])
def test_a_dead_peer_is_told_from_one_that_did_the_work(town, x, fault, done):
    post = town.post("/town/x/posts", author="Jo M.", text="Help")
    town.fault("x", "create_tweet", fault)
    x.wire.timeout = 0.5
    with pytest.raises(requests.exceptions.ReadTimeout):
        x.client.create_tweet(text="Coming", in_reply_to_tweet_id=post)
    assert len(town.replies(post)["public"]) == done


def test_one_hanging_call_leaves_the_others_alone(town, x):
    town.fault("x", "mentions", "hang", seconds=3)

    def wait_in_vain():
        with pytest.raises(requests.RequestException):
            x.mentions()

    waiting = threading.Thread(target=wait_in_vain)
    waiting.start()
    time.sleep(0.3)
    with x_of(town) as other:
        begun = time.monotonic()
        other.mentions()
        assert time.monotonic() - begun < 1
    waiting.join()


def test_an_answer_can_be_slow_and_a_body_can_drip(town, x):
    town.fault("x", "users_me", "slow", seconds=0.6)
    begun = time.monotonic()
    x.client.get_me()
    assert time.monotonic() - begun > 0.6
    town.fault("x", "users_me", "slow_body", seconds=0.01)
    begun = time.monotonic()
    assert x.client.get_me().data.username == "NorthshirePol"
    assert time.monotonic() - begun > 0.5


def test_items_can_lose_their_ids_or_change_their_types(town, x):
    town.post("/town/x/posts", author="Jo M.", text="Hello")
    town.fault("x", "mentions", "missing_ids")
    with pytest.raises(KeyError):
        x.mentions()
    assert "id" not in x.body["data"][0]
    town.fault("x", "mentions", "wrong_types")
    with pytest.raises((TypeError, ValueError, AttributeError)):
        x.mentions(tweet_fields=["created_at"])
    assert isinstance(x.body["data"][0]["id"], int)


def test_a_page_can_come_twice_or_out_of_order(town, x):
    ids = [town.post("/town/x/posts", author="Jo M.", text=f"Post {n}") for n in range(6)]
    town.fault("x", "mentions", "duplicate_page")
    assert [str(post.id) for post in x.mentions().data] == [*ids[::-1], *ids[::-1]]
    town.fault("x", "mentions", "reordered_page")
    mixed = [str(post.id) for post in x.mentions().data]
    assert mixed != ids[::-1]
    assert sorted(mixed) == ids


def test_a_revoked_token_stays_so_until_the_faults_are_cleared(town, x, graph):
    town.fault("x", "*", "revoke_token")
    town.fault("facebook", "*", "revoke_token")
    for _ in range(2):
        with pytest.raises(tweepy.Unauthorized):
            x.mentions()
        error = graph.refused(graph.api.get_object, "me")
        assert (error["code"], error["error_subcode"]) == (190, 460)
    told = graph.api.debug_access_token("sandbox-page-token-1", "sandbox-app", "sandbox-app-secret")["data"]
    assert told["is_valid"] is False
    town.clear_faults()
    x.mentions()
    graph.api.get_object("me")


def test_an_expired_token_of_x_is_cured_by_a_refresh(town):
    town.fault("x", "*", "expire_token")
    with x_of(town, bearer_token="sandbox-bearer-1") as old, pytest.raises(tweepy.Unauthorized):
        old.client.get_me(user_auth=False)
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh-1"}
    answer = requests.post(
        f"{town.url}/2/oauth2/token", data=form, auth=("sandbox-client", "sandbox-client-secret"), timeout=5
    )
    with x_of(town, bearer_token=answer.json()["access_token"]) as new:
        assert new.client.get_me(user_auth=False).data.username == "NorthshirePol"


def test_facebook_throttles_with_both_usage_headers(town, graph):
    town.fault("facebook", "feed", "status", status=429, seconds=120)
    error = graph.refused(graph.api.get_connections, PAGE, "feed")
    assert error["code"] == 80001
    assert '"call_count":100' in graph.wire.headers["x-app-usage"]
    assert '"estimated_time_to_regain_access":2' in graph.wire.headers["x-business-use-case-usage"]


def test_any_code_of_facebook_can_be_ordered(town, graph):
    town.fault("facebook", "send_message", "status", status=400, code=551, subcode=1545041)
    error = graph.refused(graph.api.put_object, PAGE, "messages", recipient="{}", message="{}")
    assert (error["code"], error["error_subcode"]) == (551, 1545041)


def test_facebook_can_leave_out_who_wrote(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    town.post("/town/facebook/comments", author="Bob", text="Hi", in_reply_to=post)
    town.fault("facebook", "comments", "no_from", times=0)
    for _ in range(2):
        found = graph.api.get_connections(post, "comments", fields="id,from,message")["data"]
        assert [set(comment) for comment in found] == [{"id", "message"}]


def test_a_page_can_be_empty_and_still_have_a_next(town, graph):
    for n in range(3):
        town.post("/town/facebook/comments", author="Ann", text=f"Post {n}")
    town.fault("facebook", "feed", "empty_page")
    page = graph.api.get_connections(PAGE, "feed", limit=2)
    assert page["data"] == []
    rest = graph.api.get_connections(PAGE, "feed", limit=2, after=page["paging"]["cursors"]["after"])
    assert len(rest["data"]) == 1


def test_a_fault_can_wait_its_turn_and_be_for_one_account_only(town, x):
    other = town.call("POST", "/town/accounts", json={"channel": "x", "name": "Southshire Pol"})
    town.fault("x", "users_me", "status", status=503, account=other["id"])
    x.client.get_me()
    town.fault("x", "users_me", "status", status=503, skip=1)
    x.client.get_me()
    with pytest.raises(tweepy.TwitterServerError):
        x.client.get_me()
    assert [entry["data"]["operation"] for entry in town.journal("fault")] == ["users_me"]
