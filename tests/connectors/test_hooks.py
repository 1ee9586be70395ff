"""What platforms tell at the web hooks: checked on raw bytes, kept before yes, read once however often."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from connectors import hooks
from connectors.access import open_access
from connectors.models import Account, HookPayload, HookState
from connectors.secrets import seal
from inbox.models import Message
from tests.connectors.conftest import poll_now

pytestmark = pytest.mark.django_db
SECRET = "sandbox-consumer-secret"
JO = {"id": "222", "name": "Jo Müller", "username": "jo_m"}


def sign_x(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest).decode()}"}


def sign_meta(body: bytes, secret: str = "sandbox-app-secret") -> dict[str, str]:
    return {"x-hub-signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


def tell(account: Account, body: bytes, headers: dict[str, str], client: Client | None = None):
    strict = client or Client(enforce_csrf_checks=True)
    address = f"/hooks/{account.hook_token}/"
    return strict.post(address, data=body, content_type="application/json", headers=headers)


def event(kind: str = "post.mention.create", **post: Any) -> bytes:
    item = {
        "id": "2080765813578191303",
        "text": "@NorthshirePol there is a fight in Mill Lane",
        "author_id": "222",
        "created_at": "2026-11-22T21:23:23.000Z",
        "conversation_id": "2080765813578191303",
        "edit_history_tweet_ids": ["2080765813578191303"],
        "entities": {"mentions": [{"username": "NorthshirePol", "id": "1500000000000000001"}]},
        **post,
    }
    told = {
        "event_uuid": "1",
        "event_type": kind,
        "filter": {"user_id": "1500000000000000001"},
        "payload": item,
        "includes": {"users": [JO]},
    }
    return json.dumps({"data": told}).encode()


def read_all() -> None:
    """Read what is waiting, as the worker does."""
    HookPayload.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    for pk in hooks.list_due():
        hooks.read_payload(pk)


def test_x_is_shown_that_the_address_is_ours(x_account, client):
    answer = client.get(f"/hooks/{x_account.hook_token}/", {"crc_token": "abc-123"})
    expected = base64.b64encode(hmac.new(SECRET.encode(), b"abc-123", hashlib.sha256).digest()).decode()
    assert answer.json() == {"response_token": f"sha256={expected}"}


@pytest.mark.parametrize("token", ["", "a" * 201, '{"data":{}}', "[1]", "a b", "é"])
def test_a_challenge_that_could_be_the_body_of_an_event_is_never_signed(x_account, client, token):
    answer = client.get(f"/hooks/{x_account.hook_token}/", {"crc_token": token})
    assert answer.status_code == 404
    assert b"sha256" not in answer.content


def test_a_signed_challenge_is_no_key_to_the_door(x_account, client):
    token = "abc"
    signed = client.get(f"/hooks/{x_account.hook_token}/", {"crc_token": token}).json()["response_token"]
    assert tell(x_account, token.encode(), {"x-twitter-webhooks-signature": signed}).status_code == 403


def test_meta_is_given_its_challenge_back_only_with_the_verify_token(page, client):
    from connectors.facebook.hooks import verify_token

    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    address = f"/hooks/{page.hook_token}/"
    right = client.get(address, asked | {"hub.verify_token": verify_token(open_access(page))})
    assert (right.status_code, right.content) == (200, b"1158201444")
    assert right.headers["Content-Type"].startswith("text/plain")
    assert client.get(address, asked | {"hub.verify_token": "wrong"}).status_code == 404
    assert client.get(address, asked).status_code == 404


def test_an_event_is_kept_before_yes_and_read_by_the_worker(x_account):
    body = event()
    assert tell(x_account, body, sign_x(body)).status_code == 200
    assert bytes(HookPayload.objects.get().body) == body
    assert Message.objects.count() == 0
    read_all()
    message = Message.objects.select_related("handle").defer("search").get()
    assert (message.text, message.handle.name) == ("@NorthshirePol there is a fight in Mill Lane", JO["name"])
    x_account.refresh_from_db()
    assert x_account.last_heard_at, "the silence watchdog must hear it too"
    assert HookPayload.objects.get().state == HookState.DONE


def test_a_thousand_altered_bodies_or_signatures_are_all_refused(x_account):
    body, right = event(), sign_x(event())["x-twitter-webhooks-signature"]
    client = Client()
    for place in range(500):
        at = place % len(body)
        bent = body[:at] + bytes([body[at] ^ (1 << place % 8)]) + body[at + 1 :]
        assert tell(x_account, bent, {"x-twitter-webhooks-signature": right}, client).status_code == 403
    for place in range(500):
        at = place % len(right)
        forged = right[:at] + chr(ord(right[at]) ^ (1 << place % 5)) + right[at + 1 :]
        headers = {"x-twitter-webhooks-signature": forged}
        assert tell(x_account, body, headers, client).status_code == 403
    assert tell(x_account, body, {}, client).status_code == 403
    assert HookPayload.objects.count() == 0


def test_while_a_key_is_replaced_both_secrets_are_believed(x_account):
    secrets = open_access(x_account).secrets
    x_account.secrets = seal({**secrets, "consumer_secret": "new", "former_consumer_secret": SECRET})
    x_account.save()
    body = event()
    assert tell(x_account, body, sign_x(body)).status_code == 200
    assert tell(x_account, body, sign_x(body, "new")).status_code == 200
    assert tell(x_account, body, sign_x(body, "")).status_code == 403


def test_an_account_without_the_key_that_signs_is_told_so_and_believes_nobody(x_account, client):
    secrets = open_access(x_account).secrets
    x_account.secrets = seal({name: value for name, value in secrets.items() if name != "consumer_secret"})
    x_account.save()
    assert (
        "with the API key's secret" in hooks.find_hooked(x_account).describe_hook(open_access(x_account))[0]
    )
    assert client.get(f"/hooks/{x_account.hook_token}/", {"crc_token": "abc"}).status_code == 404
    assert tell(x_account, event(), sign_x(event(), "")).status_code == 403


def test_meta_signs_the_bytes_as_they_stand_with_escaped_letters(page):
    body = b'{"object":"page","entry":[{"id":"104000000000001","time":1,"changes":[{"v":"J\\u00f6"}]}]}'
    assert tell(page, body, sign_meta(json.dumps(json.loads(body)).encode())).status_code == 403
    assert tell(page, body, sign_meta(body)).status_code == 200


def test_the_same_event_ten_times_and_by_polling_is_one_message(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="There is a fight")
    poll_now(x_account)
    stored = Message.objects.defer("search").get()
    post = json.loads(bytes(stored.raw.body))["data"]
    bodies = [event(**post)] * 10 + [event(**post | {"lang": "cy"})]
    for body in bodies:
        assert tell(x_account, body, sign_x(body)).status_code == 200
        read_all()
    poll_now(x_account)
    assert Message.objects.count() == 1
    assert HookPayload.objects.count() == 2
    assert HookPayload.objects.order_by("-repeats").first().repeats == 9


def test_events_in_the_wrong_order_end_as_in_the_right_one(x_account):
    first, second = "2080765813578191303", "2080765813578191999"
    chain: dict[str, Any] = {"edit_history_tweet_ids": [first, second]}
    old = event(id=first, text="There is a fight")
    new = event(id=second, text="There is a knife fight", created_at="2026-11-22T21:24:23.000Z", **chain)
    for body in (new, old):
        tell(x_account, body, sign_x(body))
        read_all()
    message = Message.objects.defer("search").get()
    assert message.text == "There is a knife fight"
    assert [edit.text for edit in message.edits.all()] == ["There is a fight"]


def test_a_deletion_marks_what_is_known_and_makes_nothing_of_what_is_not(x_account):
    gone = event("post.delete")
    tell(x_account, gone, sign_x(gone))
    read_all()
    assert Message.objects.count() == 0
    for body in (event(), gone):
        tell(x_account, body, sign_x(body))
        read_all()
    assert Message.objects.defer("search").get().deleted_at


def test_a_private_message_of_the_older_form_joins_the_thread_that_polling_knows(x_account, sandbox):
    sandbox.post("/town/x/messages", author="Jo", text="Can I tell you something")
    poll_now(x_account)
    known = Message.objects.defer("search").select_related("conversation", "handle").get()
    told = {
        "direct_message_events": [
            {
                "type": "message_create",
                "id": str(int(known.remote_id) + 1),
                "created_timestamp": "1795382603000",
                "message_create": {
                    "target": {"recipient_id": "1500000000000000001"},
                    "sender_id": known.handle.key,
                    "message_data": {"text": "He is here now"},
                },
            }
        ]
    }
    envelope = {"event_type": "dm.received", "filter": {"user_id": "1500000000000000001"}, "payload": told}
    body = json.dumps({"data": envelope}).encode()
    tell(x_account, body, sign_x(body))
    read_all()
    texts = known.conversation.messages.order_by("id").values_list("text", flat=True)
    assert list(texts) == ["Can I tell you something", "He is here now"]


def test_an_event_for_another_account_of_the_app_is_passed_over(x_account):
    body = event().replace(b'"filter": {"user_id": "1500000000000000001"}', b'"filter": {"user_id": "9"}')
    tell(x_account, body, sign_x(body))
    read_all()
    assert Message.objects.count() == 0


def test_what_is_not_understood_only_makes_the_account_due(x_account):
    Account.objects.update(next_poll_at=timezone.now() + timedelta(hours=1))
    body = event("block.block")
    tell(x_account, body, sign_x(body))
    read_all()
    assert Account.objects.get().next_poll_at <= timezone.now()
    assert Message.objects.count() == 0


def test_what_cannot_be_read_three_times_is_an_item_that_people_see(x_account):
    body = b'{"data": {"event_type": "post.mention.create", "payload": '
    tell(x_account, body, sign_x(body))
    for _ in range(3):
        read_all()
    message = Message.objects.defer("search").select_related("raw", "conversation").get()
    assert message.unreadable and message.conversation.unjudged
    assert bytes(message.raw.body) == body
    assert HookPayload.objects.get().state == HookState.UNREADABLE


def test_a_body_over_the_limit_is_refused_unread(x_account, monkeypatch):
    monkeypatch.setattr(hooks, "MOST_BYTES", 1_000)
    body = event(text="x" * 2_000)
    assert tell(x_account, body, sign_x(body)).status_code == 413
    assert HookPayload.objects.count() == 0


@pytest.mark.parametrize("path", ["/hooks/nobody/", "/hooks/%00/", "/hooks/a%20b/"])
def test_an_unknown_address_is_nobodys(db, path, client):
    assert client.get(path, {"crc_token": "a"}).status_code == 404
    assert client.post(path, data=b"{}", content_type="application/json").status_code == 404


def test_a_paused_account_keeps_what_it_is_told_until_it_goes_on(x_account):
    Account.objects.update(state="paused")
    body = event()
    assert tell(x_account, body, sign_x(body)).status_code == 200
    read_all()
    assert Message.objects.count() == 0
    Account.objects.update(state="active")
    read_all()
    assert Message.objects.count() == 1


def test_copies_of_what_was_read_long_ago_are_forgotten(x_account):
    body = event()
    tell(x_account, body, sign_x(body))
    read_all()
    HookPayload.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert hooks.forget_old() == 1
    assert Message.objects.count() == 1


def tell_all(sandbox, account: Account, **order) -> list[int]:
    """Let the sandbox make X's calls, and pass them through the door."""
    calls = sandbox.call("POST", "/town/x/hooks", json=order)["calls"]
    return [tell(account, call["body"].encode(), call["headers"]).status_code for call in calls]


def test_what_the_sandbox_tells_as_x_is_the_same_as_what_polling_finds(x_account, sandbox):
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    sandbox.post("/town/x/posts", author="Jo", text="Help, M\u00fcller & Sons are on fire \U0001f525")
    sandbox.post("/town/x/posts", author="Kit", text="I am on it", in_reply_to=ours, mention=False)
    sandbox.post("/town/x/posts", author="Ann", text="Because of a jumper", quotes=ours, mention=False)
    sandbox.post("/town/x/messages", author="Lee", text="In private")
    sandbox.post("/town/x/messages", author="Lee", text="In a group", group="Neighbours")
    assert set(tell_all(sandbox, x_account, times=3, reverse=True)) == {200}
    read_all()
    told = {row.remote_id: row.text for row in Message.objects.defer("search")}
    assert len(told) == 4, "all but the group's, which only wakes the poll"
    poll_now(x_account)
    found = {row.remote_id: row.text for row in Message.objects.defer("search")}
    assert told.items() <= found.items() and len(found) == 5
    assert sum(row.edits.count() for row in Message.objects.defer("search")) == 0


def test_what_is_signed_with_another_secret_is_kept_out(x_account, sandbox):
    sandbox.post("/town/x/posts", author="Jo", text="Help")
    assert set(tell_all(sandbox, x_account, wrong_signature=True)) == {403}
    assert HookPayload.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_running_desk_answers_xs_challenge_and_keeps_its_events(x_account, sandbox, live_server):
    address = f"{live_server.url}/hooks/{x_account.hook_token}/"
    assert sandbox.call("POST", "/town/x/hooks/challenge", json={"to": address}) == {"right": True}
    sandbox.post("/town/x/posts", author="Jo", text="Help")
    assert sandbox.call("POST", "/town/x/hooks", json={"to": address, "times": 2})["statuses"] == [200, 200]
    read_all()
    assert Message.objects.count() == 1
