"""The desk reads and answers the public side of a Page with facebook-sdk, unchanged (contract section 2)."""

import base64
import hashlib
import hmac
import re
from typing import Any

import pytest
import requests

from tests.sandbox.platforms import PAGE, graph_of
from tests.sandbox.test_x import PIXEL

PICTURE = {"name": "bag.png", "type": "image/png", "base64": base64.b64encode(PIXEL).decode()}
COMMENT = (
    "id,message,created_time,from,parent{id},attachment,message_tags,is_hidden,is_private,can_hide,can_remove,"
    "can_comment,can_like,can_reply_privately,private_reply_conversation,comment_count,like_count,permalink_url"
)
FEED = (
    "id,message,story,created_time,updated_time,from,permalink_url,is_hidden,status_type,message_tags,"
    "attachments{media_type,media,url,title,description,subattachments},comments.limit(0).summary(true)"
)


def comments(graph, post, **more):
    asked = {
        "filter": "stream",
        "order": "reverse_chronological",
        "fields": "id,message,from,parent{id}",
    } | more
    return graph.api.get_connections(post, "comments", **asked)


def test_a_page_says_who_it_is_whatever_version_is_asked(graph):
    for version in ("v26.0", "v21.0", "v3.1"):
        graph.api.version = version
        assert graph.api.get_object("me") == {"name": "Northshire Police", "id": PAGE}
        assert graph.wire.headers["facebook-api-version"] == {"v3.1": "v21.0"}.get(version, version)
    assert "call_count" in graph.wire.headers["x-app-usage"]


def test_nobody_comes_in_without_a_token(town, graph):
    with graph_of(town, token="guessed") as stranger:
        assert stranger.refused(stranger.api.get_object, "me")["code"] == 190
    graph.api.access_token = None
    error = graph.refused(graph.api.get_object, PAGE)
    assert error["code"] == 104
    assert error["fbtrace_id"]


def test_a_proof_that_does_not_fit_the_token_is_refused(graph):
    proof = hmac.new(b"sandbox-app-secret", b"sandbox-page-token-1", hashlib.sha256).hexdigest()
    assert graph.api.get_object("me", appsecret_proof=proof)["id"] == PAGE
    assert graph.refused(graph.api.get_object, "me", appsecret_proof=proof[::-1])["code"] == 100


def test_a_visitors_post_is_in_the_feed_and_among_visitor_posts(town, graph):
    theirs = town.post("/town/facebook/comments", author="Ann Lee", text="Noise in Hill Street")
    ours = town.post("/town/facebook/posts", text="Road closed")
    feed = graph.api.get_connections(PAGE, "feed", fields=FEED)["data"]
    assert [post["id"] for post in feed] == [ours, theirs]
    assert feed[1]["from"]["name"] == "Ann Lee"
    assert feed[1]["comments"]["summary"]["total_count"] == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", feed[1]["created_time"])
    assert [p["id"] for p in graph.api.get_connections(PAGE, "visitor_posts")["data"]] == [theirs]
    assert [p["id"] for p in graph.api.get_connections(PAGE, "posts")["data"]] == [ours]


def test_only_the_fields_asked_for_come(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    assert set(graph.api.get_object(post)) == {"created_time", "message", "id"}
    assert set(graph.api.get_object(post, fields="permalink_url")) == {"permalink_url", "id"}
    error = graph.refused(graph.api.get_object, post, fields="no_such_field")
    assert "nonexisting field (no_such_field)" in error["message"]


def test_replies_are_missing_unless_all_levels_are_asked_for(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    top = town.post("/town/facebook/comments", author="Bob", text="Top", in_reply_to=post)
    second = town.post("/town/facebook/comments", author="Cy", text="Second", in_reply_to=top)
    third = town.post("/town/facebook/comments", author="Di", text="Third", in_reply_to=second)
    default = graph.api.get_connections(post, "comments", summary="true")
    assert [comment["id"] for comment in default["data"]] == [top]
    assert default["summary"] == {"order": "ranked", "total_count": 1, "can_comment": True}
    stream = comments(graph, post)["data"]
    assert [comment["id"] for comment in stream] == [third, second, top]
    assert [comment.get("parent", {}).get("id") for comment in stream] == [top, top, None]
    under = graph.api.get_connections(top, "comments", order="chronological")["data"]
    assert [comment["id"] for comment in under] == [second, third]


def test_comments_are_ranked_unless_an_order_is_asked_for(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    ids = [
        town.post("/town/facebook/comments", author=f"P{n}", text=f"{n}", in_reply_to=post) for n in range(8)
    ]
    ranked = [comment["id"] for comment in graph.api.get_connections(post, "comments")["data"]]
    assert sorted(ranked) == sorted(ids)
    assert ranked not in (ids, ids[::-1])
    graph.api.put_like(ids[5])
    assert graph.api.get_connections(post, "comments")["data"][0]["id"] == ids[5]
    ordered = graph.api.get_connections(post, "comments", order="chronological")["data"]
    assert [comment["id"] for comment in ordered] == ids


@pytest.mark.parametrize("order", ["ranked", "chronological", "reverse_chronological"])
def test_pages_follow_each_other_without_loss(town, graph, order):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    ids = [
        town.post("/town/facebook/comments", author=f"P{n}", text=f"{n}", in_reply_to=post) for n in range(7)
    ]
    found, after = [], None
    while True:
        more: dict[str, Any] = {} if after is None else {"after": after}
        page = graph.api.get_connections(post, "comments", order=order, limit=3, **more)
        found += [comment["id"] for comment in page["data"]]
        if "next" not in page["paging"]:
            break
        after = page["paging"]["cursors"]["after"]
    assert sorted(found) == sorted(ids)


def test_the_librarys_own_paging_walks_the_whole_feed(town, graph):
    ids = [town.post("/town/facebook/comments", author="Ann", text=f"{n}") for n in range(7)]
    found = list(graph.api.get_all_connections(PAGE, "feed", limit=3))
    assert [post["id"] for post in found] == ids[::-1]


def test_more_than_a_hundred_at_once_is_too_much(graph):
    assert graph.refused(graph.api.get_connections, PAGE, "feed", limit=101)["code"] == 100


def test_feed_can_be_bounded_by_time(town, graph):
    old = town.post("/town/facebook/comments", author="A", text="old", created_at="2026-01-01T00:00:00Z")
    new = town.post("/town/facebook/comments", author="A", text="new")
    assert [p["id"] for p in graph.api.get_connections(PAGE, "feed", since="1775000000")["data"]] == [new]
    assert [p["id"] for p in graph.api.get_connections(PAGE, "feed", until="1775000000")["data"]] == [old]


def test_our_answer_is_seen_by_the_public(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    comment = town.post("/town/facebook/comments", author="Bob", text="Me too", in_reply_to=post)
    made = graph.api.put_comment(comment, "We hear you, Bob")["id"]
    assert town.replies(comment)["public"][0]["text"] == "We hear you, Bob"
    assert town.replies(post)["public"] == []
    newest = comments(graph, post)["data"][0]
    assert (newest["id"], newest["from"]["id"], newest["parent"]["id"]) == (made, PAGE, comment)
    assert town.journal("accepted")[-1]["data"]["in_reply_to"] == comment


def test_the_same_answer_twice_is_a_duplicate(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    graph.api.put_comment(post, "We hear you")
    assert graph.refused(graph.api.put_comment, post, "We hear you")["code"] == 506
    town.call("POST", "/town/clock", json={"shift_seconds": 3601})
    assert "id" in graph.api.put_comment(post, "We hear you")


def test_a_comment_may_have_8000_characters_and_no_more(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    graph.api.put_comment(post, "x" * 8000)
    assert graph.refused(graph.api.put_comment, post, "x" * 8001)["code"] == 100


def test_hiding_editing_deleting(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    rude = town.post("/town/facebook/comments", author="Troll", text="rubbish", in_reply_to=post)
    ours = graph.api.put_comment(post, "Plese wait")["id"]
    graph.api.request(f"v26.0/{rude}", post_args={"is_hidden": "true"}, method="POST")
    graph.api.request(f"v26.0/{ours}", post_args={"message": "Please wait"}, method="POST")
    assert graph.api.get_object(rude, fields="is_hidden")["is_hidden"] is True
    assert graph.api.get_object(ours)["message"] == "Please wait"
    hide_own = {"post_args": {"is_hidden": "true"}, "method": "POST"}
    assert graph.refused(graph.api.request, f"v26.0/{ours}", **hide_own)["code"] == 100
    assert graph.api.delete_object(ours) == {"success": True}
    error = graph.refused(graph.api.get_object, ours)
    assert (error["code"], error["error_subcode"], error["type"]) == (100, 33, "GraphMethodException")


def test_what_the_public_takes_back_is_gone_with_all_under_it(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    comment = town.post("/town/facebook/comments", author="Bob", text="Me too", in_reply_to=post)
    town.call("POST", f"/town/facebook/comments/{comment}/edit", json={"text": "Me three"})
    assert graph.api.get_object(comment)["message"] == "Me three"
    town.call("DELETE", f"/town/facebook/comments/{post}")
    for identity in (post, comment):
        assert graph.refused(graph.api.get_object, identity)["error_subcode"] == 33


def test_a_photo_alone_has_an_empty_message_and_a_signed_address(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    town.post("/town/facebook/comments", author="Bob", attachments=[PICTURE], in_reply_to=post)
    found = comments(graph, post, fields=COMMENT)["data"][0]
    assert found["message"] == ""
    address = found["attachment"]["media"]["image"]["src"]
    assert requests.get(address, timeout=5).content == PIXEL
    assert requests.get(address.replace("oh=", "oh=0"), timeout=5).status_code == 403
    town.call("POST", "/town/clock", json={"shift_seconds": 5 * 86_400})
    assert requests.get(address, timeout=5).status_code == 403


def test_tokens_are_explained_and_exchanged(graph):
    told = graph.api.debug_access_token("sandbox-page-token-1", "sandbox-app", "sandbox-app-secret")["data"]
    assert (told["is_valid"], told["profile_id"], told["expires_at"]) == (True, PAGE, 0)
    unknown = graph.api.debug_access_token("guessed", "sandbox-app", "sandbox-app-secret")["data"]
    assert unknown["is_valid"] is False
    assert (
        graph.api.get_app_access_token("sandbox-app", "sandbox-app-secret")
        == "sandbox-app|sandbox-app-secret"
    )
    assert graph.api.extend_access_token("sandbox-app", "sandbox-app-secret")["expires_in"] == 5_184_000


def test_the_person_who_connects_finds_the_pages_and_their_tokens(town):
    with graph_of(town, token="sandbox-user-token-1") as person:
        pages = person.api.get_connections("me", "accounts")["data"]
    assert (pages[0]["id"], pages[0]["access_token"]) == (PAGE, "sandbox-page-token-1")


def test_one_page_cannot_touch_the_things_of_another(town, graph):
    other = town.call("POST", "/town/accounts", json={"channel": "facebook", "name": "Southshire Police"})
    post = town.post("/town/facebook/comments", author="Ann", text="Hello", to=other["id"])
    assert graph.api.get_connections(PAGE, "feed")["data"] == []
    assert graph.refused(graph.api.put_comment, post, "Hello")["error_subcode"] == 33
    with graph_of(town, token=other["credentials"]["page_token"]) as theirs:
        assert "id" in theirs.api.put_comment(post, "Hello")
