"""The desk reads and writes Messenger with facebook-sdk, unchanged (contract sections 2.5 and 3)."""

import base64
import json
from typing import Any

import requests

from tests.sandbox.platforms import PAGE
from tests.sandbox.test_x import PIXEL

TALKS = "id,updated_time,link,unread_count,participants,can_reply"
MESSAGES = "messages.limit(20){id,created_time,from,to,message,attachments,shares,sticker,tags}"
DAY = 86_400


def talks(graph, fields=TALKS):
    return graph.api.get_connections(PAGE, "conversations", platform="messenger", fields=fields)["data"]


def person_of(graph):
    return talks(graph)[0]["participants"]["data"][0]["id"]


def send(graph, text="Hello", to=None, **more):
    recipient = json.dumps({"id": to or person_of(graph)})
    asked = {
        "recipient": recipient,
        "messaging_type": "RESPONSE",
        "message": json.dumps({"text": text}),
    } | more
    return graph.api.put_object(PAGE, "messages", **asked)


def test_a_message_is_read_in_its_conversation(town, graph):
    identity = town.post("/town/facebook/messages", author="Ann Lee", text="My bag is gone")
    talk = talks(graph)[0]
    assert talk["participants"]["data"][0]["name"] == "Ann Lee"
    assert (talk["unread_count"], talk["can_reply"]) == (1, True)
    message = graph.api.get_object(talk["id"], fields=MESSAGES)["messages"]["data"][0]
    assert (message["id"], message["message"]) == (identity, "My bag is gone")
    assert message["to"]["data"][0]["id"] == PAGE


def test_an_answer_reaches_the_person(town, graph):
    identity = town.post("/town/facebook/messages", author="Ann Lee", text="My bag is gone")
    sent = send(graph, "Which bus was it?")
    assert set(sent) == {"recipient_id", "message_id"}
    assert [reply["text"] for reply in town.replies(identity)["private"]] == ["Which bus was it?"]
    talk = talks(graph, "id,unread_count,messages{message,from}")[0]
    assert talk["unread_count"] == 0
    assert talk["messages"]["data"][0]["from"]["id"] == PAGE


def test_the_latest_moved_conversation_comes_first(town, graph):
    for author in ("Ann", "Bob", "Ann"):
        town.post("/town/facebook/messages", author=author, text="Hello")
    names = [talk["participants"]["data"][0]["name"] for talk in talks(graph)]
    assert names == ["Ann", "Bob"]


def test_conversations_come_in_pages(town, graph):
    for n in range(5):
        town.post("/town/facebook/messages", author=f"Person {n}", text="Hello")
    found: list[Any] = []
    after = None
    while after is not None or not found:
        more: dict[str, Any] = {} if after is None else {"after": after}
        page = graph.api.get_connections(PAGE, "conversations", limit=2, fields="participants", **more)
        found += [talk["participants"]["data"][0]["name"] for talk in page["data"]]
        after = page["paging"]["cursors"]["after"] if "next" in page["paging"] else None
    assert found == [f"Person {n}" for n in range(4, -1, -1)]


def test_only_the_20_newest_messages_show_what_they_say(town, graph):
    ids = [town.post("/town/facebook/messages", author="Ann", text=f"{n}") for n in range(23)]
    talk = talks(graph)[0]["id"]
    found = graph.api.get_connections(talk, "messages", fields="id,message", limit=25)["data"]
    assert [message["id"] for message in found] == ids[::-1]
    assert ["message" in message for message in found] == [True] * 20 + [False] * 3
    assert graph.refused(graph.api.get_object, ids[0], fields="message")["error_subcode"] == 33
    assert graph.api.get_object(ids[-1], fields="message")["message"] == "22"


def test_a_recipient_that_lost_its_braces_is_refused(town, graph):
    town.post("/town/facebook/messages", author="Ann", text="Hello")
    error = graph.refused(send, graph, recipient={"id": person_of(graph)})
    assert error["message"] == "(#100) Param recipient must be a JSON object"


def test_the_window_closes_after_a_day_and_for_people_after_a_week(town, graph):
    town.post("/town/facebook/messages", author="Ann", text="Hello")
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    town.call("POST", "/town/clock", json={"shift_seconds": DAY - 60})
    send(graph, "in time")
    town.call("POST", "/town/clock", json={"shift_seconds": 120})
    error = graph.refused(send, graph, "late")
    assert (error["code"], error["error_subcode"]) == (10, 2018278)
    send(graph, "by a person", **human)
    town.call("POST", "/town/clock", json={"shift_seconds": 6 * DAY})
    assert graph.refused(send, graph, "too late", **human)["error_subcode"] == 2018278
    town.post("/town/facebook/messages", author="Ann", text="Still there?")
    send(graph, "open again")


def test_retired_tags_are_refused(town, graph):
    town.post("/town/facebook/messages", author="Ann", text="Hello")
    for tag in ("ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "NONSENSE"):
        assert graph.refused(send, graph, messaging_type="MESSAGE_TAG", tag=tag)["code"] == 100


def test_nobody_unknown_can_be_written_to(graph):
    error = graph.refused(send, graph, to="24000000000000000")
    assert (error["code"], error["error_subcode"]) == (100, 2018001)


def test_a_message_may_have_2000_characters_and_no_more(town, graph):
    town.post("/town/facebook/messages", author="Ann", text="Hello")
    send(graph, "x" * 2000)
    assert graph.refused(send, graph, "x" * 2001)["code"] == 100
    assert graph.refused(send, graph, "")["code"] == 100


def test_a_comment_is_answered_privately_once_within_a_week(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    early = town.post("/town/facebook/comments", author="Bob", text="My name is Bob", in_reply_to=post)
    late = town.post("/town/facebook/comments", author="Cy", text="Me too", in_reply_to=post)
    private = {"recipient": json.dumps({"comment_id": early})}
    send(graph, "Bob, please ring us", to="x", **private)
    assert [reply["text"] for reply in town.replies(early)["private"]] == ["Bob, please ring us"]
    assert graph.refused(send, graph, "And again", to="x", **private)["code"] == 10900
    seen = graph.api.get_object(early, fields="can_reply_privately,private_reply_conversation")
    assert seen["can_reply_privately"] is False
    assert seen["private_reply_conversation"]["id"].startswith("t_")
    person = graph.api.get_object(early, fields="from")["from"]["id"]
    assert graph.refused(send, graph, "No window yet", to=person)["error_subcode"] == 2018278
    town.call("POST", "/town/clock", json={"shift_seconds": 7 * DAY + 60})
    too_late = {"recipient": json.dumps({"comment_id": late})}
    assert graph.refused(send, graph, "Cy", to="x", **too_late)["code"] == 10


def test_a_page_cannot_answer_itself_privately(town, graph):
    post = town.post("/town/facebook/comments", author="Ann", text="Hello")
    ours = graph.api.put_comment(post, "We hear you")["id"]
    error = graph.refused(send, graph, to="x", recipient=json.dumps({"comment_id": ours}))
    assert error["code"] == 100


def test_a_picture_comes_with_a_signed_address_and_can_be_sent_back(town, graph):
    picture = {"name": "bag.png", "type": "image/png", "base64": base64.b64encode(PIXEL).decode()}
    identity = town.post("/town/facebook/messages", author="Ann", attachments=[picture])
    found = graph.api.get_object(identity, fields="message,attachments")
    assert found["message"] == ""
    image = found["attachments"]["data"][0]
    assert (image["mime_type"], image["size"]) == ("image/png", len(PIXEL))
    assert requests.get(image["image_data"]["url"], timeout=5).content == PIXEL
    sent = graph.api.request(
        f"v26.0/{PAGE}/messages",
        post_args={"recipient": json.dumps({"id": person_of(graph)}), "message": "{}"},
        files={"filedata": ("map.png", PIXEL, "image/png")},
        method="POST",
    )
    assert "attachments" in graph.api.get_object(sent["message_id"], fields="attachments")


def test_our_own_mark_on_a_message_is_kept_in_the_journal(town, graph):
    town.post("/town/facebook/messages", author="Ann", text="Hello")
    send(graph, message=json.dumps({"text": "Hi", "metadata": "dd:17"}))
    assert town.journal("accepted")[-1]["data"]["metadata"] == "dd:17"
