"""Make members, accounts and conversations for tests, with nothing in them that a test does not ask for."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from connectors.models import Account
from inbox.capabilities import Capabilities
from inbox.enums import ConversationState, Direction
from inbox.models import Conversation, Handle, Message, Person
from staff.models import Member, Role

numbers = count(1)
OPEN_BOTH = {"public_target": "t1", "private_target": "t2"}


def make_member(name: str = "", role: str = Role.OPERATOR) -> Member:
    """Return a stored member who can sign in with the password `pass-word-1234`."""
    number = next(numbers)
    return Member.objects.create_user(
        f"member{number}", "pass-word-1234", name=name or f"Member {number}", role=role
    )


def make_account(**changes: Any) -> Account:
    """Return a connected account that answers publicly (280 weighted) and privately (1,000)."""
    number = next(numbers)
    facts = Capabilities(
        public=True,
        private=True,
        public_length=280,
        private_length=1000,
        length_rule="weighted",
        label="Square",
    )
    values = {
        "channel": "square",
        "name": f"Account {number}",
        "address": f"@force{number}",
        "capability_facts": facts.to_json(),
        "next_poll_at": timezone.now(),
    }
    return Account.objects.create(**{**values, **changes})


def make_person(account: Account, name: str = "", address: str = "") -> tuple[Person, Handle]:
    """Return a member of the public with one handle on the account's channel."""
    number = next(numbers)
    person = Person.objects.create(name=name or f"Person {number}")
    handle = Handle.objects.create(
        person=person,
        channel=account.channel,
        key=f"key{number}",
        name=person.name,
        address=address or f"@person{number}",
    )
    return person, handle


def make_message(conversation: Conversation, text: str = "Hello", **changes: Any) -> Message:
    """Return a message in the conversation: from the public and answerable both ways unless changed."""
    now = timezone.now()
    values = {
        "account": conversation.account,
        "remote_id": f"remote{next(numbers)}",
        "direction": Direction.IN,
        "visibility": conversation.visibility,
        "text": text,
        "written_at": now,
        "received_at": now,
        "terms": OPEN_BOTH,
    }
    return Message.objects.create(conversation=conversation, **{**values, **changes})


def make_conversation(
    account: Account | None = None, text: str = "Hello", terms: Any = OPEN_BOTH, **changes: Any
) -> Conversation:
    """Return an open public conversation with one message that waits for an answer since a minute."""
    account = account or make_account()
    person, handle = make_person(account)
    since = timezone.now() - timedelta(minutes=1)
    values = {
        "person": person,
        "thread_key": f"thread{next(numbers)}",
        "visibility": "public",
        "excerpt": text[:300],
        "created_at": since,
        "waiting_since": since if changes.get("state", "open") == ConversationState.OPEN else None,
        "last_message_at": since,
    }
    conversation = Conversation.objects.create(account=account, **{**values, **changes})
    make_message(conversation, text, handle=handle, terms=terms, received_at=since)
    conversation.refresh_from_db()
    return conversation
