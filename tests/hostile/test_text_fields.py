"""Whatever is typed into a field or an address, the desk answers in a sentence and keeps what was typed."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from inbox.models import Escalation, Note, Reply, Team
from inbox.services.escalate import make_ack_token
from staff.models import Member, Role
from tests.factories import make_account, make_conversation, make_member
from tests.hostile.fields import ADDRESSES, ADMIN_FORMS, BODIES, FORMS, PLACES
from tests.hostile.strings import VERY_WORST, WORST, read_naughty

pytestmark = pytest.mark.django_db
LIGHT = ("/queue/rows/", "/search/", "/trail/", "/api/v1/conversations/")
TYPED = re.compile(r"<textarea[^>]*name=\"text\"[^>]*>\n?(.*?)</textarea>", re.DOTALL)
LONE = ("\ud800", "lone \udfff half")
ODD_VALUES: tuple[Any, ...] = (None, True, [], {}, [[]], {"a": 1}, 10**30, -1, 1.5, "x" * 200_000)

# Places in a list as `inbox.queries.keyset` writes them, with values that no list has.
FORGED = (
    "[0, 1e999, 1]",
    "[NaN, null, 1]",
    '[0, "\\u0000", 1]',
    '[0, "9999-12-31T23:59:59-23:59", 1]',
    '[0, "0001-01-01T00:00:00+23:59", 1]',
    '[1e999, "2026-01-01T00:00:00Z", 1e999]',
    '["\\ud800", "2026-01-01T00:00:00Z", "1_0"]',
    "[0, 1, " + "1" * 5_000 + "]",
    "[true, {}, []]",
    "[" * 9_000,
)
NO_JSON = (
    b"",
    b"[",
    b"\x00",
    b"\xff\xfe",
    b"NaN",
    b'"\\ud800"',
    b'{"text": 1e400}',
    b'{"text": ' + b"1" * 5_000 + b"}",
    b'{"text": "a", "text": "b", "visibility": "public"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
)


@pytest.fixture
def desk(db) -> dict[str, Any]:
    """One row of each thing that a form is about."""
    sue = make_member("Sue", Role.SUPERVISOR)
    conversation = make_conversation(make_account(channel="twitter"))
    now = timezone.now()
    reply = Reply.objects.create(
        conversation=conversation, author=sue, text="T", visibility="public", key="0", fingerprint="x",
        created_at=now, not_before=now, state="failed", error_text="It was refused.", error_kind="refused",
    )  # fmt: skip
    team = Team.objects.create(name="Control room", email="control@example.org")
    escalation = Escalation.objects.create(
        conversation=conversation, team=team, author=sue, text="Please look", created_at=now
    )
    return {
        "c": conversation.pk, "r": reply.pk, "e": escalation.pk, "m": make_member("Mo").pk, "t": team.pk,
        "a": conversation.account_id, "s": make_ack_token(escalation), "sue": sue,
    }  # fmt: skip


@pytest.fixture
def sue(desk) -> Client:
    """A supervisor's browser: she may press nearly everything."""
    return enter(desk["sue"])


def enter(member: Member) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member)
    return client


def spoil(fields: dict[str, str], desk: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the form with each string in all its fields, and with the very worst in one field at a time."""
    whole = {name: value.format(**desk) for name, value in fields.items()}
    yield from (dict.fromkeys(fields, line) for line in WORST)
    yield from (whole | {name: line} for name in fields for line in WORST[:VERY_WORST])


def press(client: Client, address: str, form: dict[str, Any], **more: Any) -> Any:
    """Send a form, and undo what came of it."""
    with transaction.atomic():
        answer = client.post(address, form, **more)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("name", [*FORMS, *ADMIN_FORMS])
def test_no_field_of_any_page_breaks_the_desk(name, desk):
    address, fields = (FORMS | ADMIN_FORMS)[name]
    client = enter(make_member("Adam", Role.ADMIN) if name in ADMIN_FORMS else desk["sue"])
    if name == "sign in":
        client.logout()
    for form in spoil(fields, desk):
        answer = press(client, address.format(**desk), form)
        assert answer.status_code < 500, form
        assert answer.status_code != 400, form
    cache.clear()


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_end_of_an_address_breaks_the_desk(address, desk, sue):
    for ends in spoil(dict.fromkeys(ADDRESSES[address], ""), desk):
        answer = sue.get(address.format(**desk), ends)
        assert answer.status_code < 500, ends
        assert answer.status_code != 400, ends


@pytest.mark.parametrize("place", FORGED)
def test_a_forged_place_in_the_list_is_the_start_of_the_list(place, sue):
    word = urlsafe_b64encode(place.encode()).decode()
    for sign in ("", "-"):
        assert sue.get("/", {"after": sign + word}).status_code == 200
        assert sue.get("/api/v1/conversations/", {"cursor": sign + word, "state": "open"}).status_code == 200


def test_no_address_itself_breaks_the_desk(desk, sue):
    for place in PLACES:
        for line in WORST:
            path = place % line.replace("%", "%25").replace("\r\n", "%0D%0A").replace("\x00", "%00").replace(
                "?", "%3F"
            )
            assert sue.get(path).status_code < 500, (place, line)
            assert "replies" not in place or press(sue, path, {}).status_code < 500, (place, line)


@pytest.mark.parametrize("path", BODIES)
def test_no_value_in_a_scripts_body_breaks_the_desk(path, desk, sue):
    address = "/api/v1/" + path.format(**desk)
    for name in BODIES[path]:
        for value in (*WORST[:VERY_WORST], WORST[-2], *LONE, *ODD_VALUES, [LONE[0]], ["\x00"]):
            body = json.dumps(BODIES[path] | {name: value})
            answer = press(sue, address, body, content_type="application/json")  # type: ignore[arg-type]
            assert answer.status_code < 500, (name, value)
            if answer.status_code >= 400:
                assert answer.json()["error"]["sentence"], (name, value)


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_a_body_that_is_no_json_is_answered_with_a_sentence(body, desk, sue):
    answer = press(sue, f"/api/v1/conversations/{desk['c']}/reply/", body, content_type="application/json")
    assert answer.status_code in {201, 400, 409, 422}, answer.content[:300]
    if answer.status_code >= 400:
        assert answer.json()["error"]["sentence"]


def test_every_naughty_string_is_kept_as_it_was_typed(desk, sue):
    note = f"/api/v1/conversations/{desk['c']}/note/"
    for line in read_naughty():
        answer = sue.post(note, json.dumps({"text": line}), content_type="application/json")
        if line.strip():
            assert answer.status_code == 201, (line, answer.content)
            assert Note.objects.get(pk=answer.json()["id"]).text == line.replace("\r\n", "\n").strip()
        else:
            assert answer.status_code == 422
    page = sue.get(f"/c/{desk['c']}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_every_naughty_string_can_be_looked_for_and_asked_for(desk, sue):
    light = [(address, name) for address in LIGHT for name in ADDRESSES[address]]
    for number, line in enumerate(read_naughty()):
        address, name = light[number % len(light)]
        assert sue.get(address, {name: line}).status_code in {200, 422}, (address, name, line)


def test_what_a_refusal_gives_back_is_what_was_typed(desk, sue):
    for line in (*WORST[5:], "x" * 5_000):
        form = {"way": "public", "text": line, "seen_version": "999"}
        answer = sue.post(f"/c/{desk['c']}/reply/", form)
        assert answer.status_code in {409, 422}, line
        assert "<bdi>" in answer.content.decode()
        typed = TYPED.search(answer.content.decode())
        assert typed
        assert unescape(typed[1]).strip() == line.replace("\r\n", "\n").strip()
