"""Nobody enters a page or presses a button that their role does not give them."""

from hashlib import sha256
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from inbox.models import Attachment, Escalation, Message, RawPayload, Reply, Team
from inbox.services.escalate import make_ack_token
from staff.models import Announcement, Member
from tests.desk.doors import EVERYBODY, READ, WRITE
from tests.factories import make_account, make_conversation, make_member
from tests.triage.desk import make_bench
from triage.live import pack

pytestmark = pytest.mark.django_db
REFUSED = {403, 404}
# A file that is still being fetched is not there for anybody, nor is a web hook without a challenge.
NOT_THERE = {"attachment", "picture", "hook"}


def list_names(resolver: URLResolver | None = None) -> list[str]:
    """Return the name of every address."""
    names = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            names += list_names(pattern)
        elif isinstance(pattern, URLPattern):
            names.append(pattern.name or str(pattern.pattern))
    return names


def keep_payload(message: Message) -> RawPayload:
    """Store the payload from which a message was read."""
    return RawPayload.objects.create(
        account=message.account,
        remote_id=message.remote_id,
        body=b"{}",
        sha256=sha256(b"{}").digest(),
        received_at=message.received_at,
    )


@pytest.fixture
def things(db) -> dict[str, Any]:
    """One row of everything that an address can name."""
    author = make_member("Author")
    conversation = make_conversation(make_account(channel="email"), text="noise in the street")
    message = conversation.messages.get()
    message.html, message.raw = "<p>noise</p>", keep_payload(message)
    message.save(update_fields=["html", "raw"])
    now = timezone.now()
    reply = Reply.objects.create(
        conversation=conversation,
        author=author,
        text="Thank you",
        visibility="public",
        key="door",
        fingerprint="x",
        created_at=now,
        not_before=now,
    )
    team = Team.objects.create(name="Control room", email="control@example.org")
    escalation = Escalation.objects.create(
        conversation=conversation, team=team, author=author, text="Please look", created_at=now
    )
    return {
        "conversation_id": conversation.pk,
        "message_id": message.pk,
        "reply_id": reply.pk,
        "attachment_id": Attachment.objects.create(message=message, name="a.png", media_type="image/png").pk,
        "file_id": 1,
        "escalation_id": escalation.pk,
        "token": make_ack_token(escalation),
        "member_id": author.pk,
        "rule_id": pack().rules[0].id,
        "channel": "email",
        "hook_token": conversation.account.hook_token,
        "account_id": conversation.account_id,
        "team_id": team.pk,
        "announcement_id": Announcement.objects.create(text="Hear this", author=author).pk,
        "conversation": conversation.pk,
        "reply": reply.pk,
        "escalation": escalation.pk,
        **make_bench(make_member("Rita", "supervisor")),
    }


def find_address(name: str, things: dict[str, Any]) -> str:
    """Return the address of that name for the stored things."""
    arguments = next(
        params for _, params in [form for form in get_resolver().reverse_dict.getlist(name)[0][0]]
    )
    kind = name.split("-")[1] if name.startswith("api-") else ""
    return reverse(name, kwargs={one: things[kind if one == "pk" else one] for one in arguments})


def enter(role: str) -> Client:
    """Return a browser, signed in as a new member of that role (a stranger is not signed in)."""
    client = Client(raise_request_exception=False)
    if role != "stranger":
        client.force_login(make_member(role.title(), role))
    return client


def test_every_address_stands_in_the_table_of_doors():
    missing = set(list_names()) - set(READ) - set(WRITE)
    assert missing == set()
    assert set(READ) | set(WRITE) <= set(list_names()), "the table names an address that is gone"


@pytest.mark.parametrize("name", sorted(READ))
def test_a_page_opens_for_its_roles_and_is_not_there_for_others(name: str, things: dict[str, Any]):
    address = find_address(name, things)
    answers = {role: enter(role).get(address).status_code for role in sorted(EVERYBODY)}
    # Whoever is signed in is led on from the sign-in page; an admin, who has no inbox, to the accounts.
    # Who comes back from a sign-in page without having gone there begins again at the accounts.
    led_on = {"login": EVERYBODY, "queue": {"admin"}, "account-consent": {"admin"}}.get(name, set())
    expected = 404 if name in NOT_THERE else 200
    for role, status in answers.items():
        if role in led_on:
            assert status == 302, (role, status)
        elif role in READ[name]:
            assert status == expected, (role, status)
        else:
            assert status in REFUSED, (role, status)


@pytest.mark.parametrize("name", sorted(WRITE))
def test_a_button_works_for_its_roles_and_is_not_there_for_others(name: str, things: dict[str, Any]):
    address = find_address(name, things)
    for role in sorted(EVERYBODY):
        status = press(address, role)
        if role in WRITE[name]:
            assert status < 500 and status not in REFUSED, (role, status)
        else:
            assert status in REFUSED, (role, status)


def press(address: str, role: str) -> int:
    """Send an empty form (or an empty JSON object) and undo what came of it; return the status."""
    kind = "application/json" if address.startswith("/api/") else "application/x-www-form-urlencoded"
    body = "{}" if address.startswith("/api/") else ""
    with transaction.atomic():
        status = enter(role).post(address, data=body, content_type=kind).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("name", sorted({*READ, *WRITE}))
def test_a_stranger_is_sent_to_the_sign_in_page(name: str, things: dict[str, Any]):
    roles = READ.get(name) or WRITE[name]
    client = enter("stranger")
    address = find_address(name, things)
    answer = client.get(address) if name in READ else client.post(address)
    if "stranger" in roles:
        assert answer.status_code in {200, 302} or name in NOT_THERE
    elif name.startswith("api-"):
        assert answer.status_code in {401, 403}
    else:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/")


@pytest.mark.parametrize("name", sorted(name for name in WRITE if not name.startswith("api-")))
def test_no_button_works_without_the_pages_own_token(name: str, things: dict[str, Any]):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(make_member("Sue", "supervisor"))
    assert client.post(find_address(name, things)).status_code == 403


def test_a_member_whose_access_ends_is_out_at_the_next_request(things: dict[str, Any]):
    client = enter("operator")
    assert client.get("/").status_code == 200
    Member.objects.filter(name="Operator").update(is_active=False)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/login/", "/nowhere/", "/health/live", "/api/v1/nowhere/"])
def test_every_answer_carries_the_policies(path: str):
    headers = enter("operator").get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
