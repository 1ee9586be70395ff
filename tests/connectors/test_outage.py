"""72 hours away, and all that can change meanwhile has changed: nothing is missing, nothing is double."""

import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.backfill import say_gap
from connectors.models import Account, AccountState
from connectors.records import Gap
from connectors.services import reconnect_account
from inbox.models import Conversation, Message, RawPayload
from staff.models import Role
from tests.connectors import test_consent_pages as mail_consent
from tests.connectors import test_x_consent as x_consent
from tests.connectors.conftest import connect, poll_now
from tests.connectors.email.test_mailbox import sign_in
from tests.factories import make_member

# No transaction around it all: the database ends one in which nothing happens while a platform is asked.
pytestmark = pytest.mark.django_db(transaction=True)

AWAY = timedelta(hours=72)
LATELY = timedelta(hours=12)  # a new account begins with the last day
MAILS, X_POSTS, X_MESSAGES, COMMENTS = 5_000, 600, 150, 1_250
BEFORE = 150
AT_ONCE = 250
MOST_POLLS = 60
Ids = dict[str, list[str]]


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(make_member("Ada", Role.ADMIN))
    return client


@pytest.fixture
def accounts(admin, sandbox) -> dict[str, Account]:
    """The mailbox and the X account by consent, whose tokens run out, and the Page by its own token."""
    page = admin.post("/accounts/add/email/", mail_consent.typed("microsoft")).content.decode()
    admin.get("/accounts/consent/", mail_consent.agree(sandbox, mail_consent.go_there(page)))
    admin.get("/accounts/consent/", x_consent.press(x_consent.begin(admin)))
    connect("facebook")
    return {account.channel: account for account in Account.objects.all()}


def write(sandbox: Any, path: str, count: int, word: str, away: timedelta = AWAY, **more: Any) -> list[str]:
    """Let the public write `count` times, spread over the last hours; return the ids."""
    ids: list[str] = []
    start, step = timezone.now() - away + timedelta(minutes=5), (away - timedelta(minutes=10)) / max(count, 1)
    for first in range(0, count, AT_ONCE):
        batch = [
            {
                "author": f"Person {number % 90}",
                "text": f"{word} number {number}: the lamp in Elm Row is broken",
                "created_at": (start + number * step).isoformat(),
                **more,
            }
            for number in range(first, min(first + AT_ONCE, count))
        ]
        ids += sandbox.call("POST", path, json=batch)["ids"]
    return ids


def go_away(accounts: dict[str, Account]) -> None:
    """Let it seem as if the desk had been down for 72 hours: what it remembers of the time is that old."""
    Account.objects.update(last_collected_at=timezone.now() - AWAY)
    page = accounts["facebook"]
    page.refresh_from_db()
    since = (timezone.now() - AWAY).isoformat()
    looked = {name: since for name in page.cursor if name.endswith("_since")}
    assert looked
    Account.objects.filter(pk=page.pk).update(cursor=page.cursor | looked)


def touch_mailbox(sandbox: Any) -> None:
    """Let another program read and flag mail, and the server give all of it new numbers."""
    with sign_in(sandbox) as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS", r"(\Seen)")
        client.store("1:400", "+FLAGS", r"(\Flagged \Answered)")
        client.store(f"{BEFORE}:{BEFORE + 40}", "-FLAGS", r"(\Seen)")
    sandbox.fault("mail", "imap.examine", "uidvalidity")


def collect_all(account: Account) -> Account:
    """Poll until everything is here, as the tick would."""
    account.refresh_from_db()
    for _ in range(MOST_POLLS):
        account = poll_now(account)
        if not account.failures and not Gap.objects.filter(account=account, finished_at=None).exists():
            return account
        if account.state == AccountState.RECONNECT:
            return account
    pytest.fail(f"{account} was not collected in {MOST_POLLS} polls: {account.problem}")


def list_stored(account: Account) -> list[str]:
    """Return the platform's own ids of what is stored, each as often as it is there."""
    rows = Message.objects.filter(account=account, direction="in").order_by("pk")
    return list(rows.values_list("known_as" if account.channel == "email" else "remote_id", flat=True))


def test_after_72_hours_of_outage_nothing_is_missing_nothing_is_double_and_people_are_told(
    admin, accounts, sandbox, operator
):
    ids: Ids = {
        "email": write(sandbox, "/town/mail", BEFORE, "Early mail", subject="Before the outage"),
        "twitter": write(sandbox, "/town/x/posts", 20, "Early post", away=LATELY),
        "facebook": write(sandbox, "/town/facebook/comments", 20, "Early comment", away=LATELY),
    }
    for account in accounts.values():
        collect_all(account)
    numbered = Account.objects.get(channel="email").cursor["validity"]
    Gap.objects.all().delete()
    go_away(accounts)

    ids["email"] += write(sandbox, "/town/mail", MAILS, "Mail", subject="During the outage")
    ids["twitter"] += write(sandbox, "/town/x/posts", X_POSTS, "Post")
    ids["twitter"] += write(sandbox, "/town/x/messages", X_MESSAGES, "Message")
    ids["facebook"] += write(sandbox, "/town/facebook/comments", COMMENTS, "Comment")
    touch_mailbox(sandbox)
    sandbox.fault("mail", "*", "expire_token")
    sandbox.fault("x", "*", "expire_token")
    sandbox.fault("facebook", "*", "expire_token")

    began = time.process_time()
    for account in accounts.values():
        collect_all(account)
    page = accounts["facebook"]
    page.refresh_from_db()
    assert page.state == AccountState.RECONNECT, "a token that nobody can renew asks for a person"
    told = admin.get(reverse("accounts")).content.decode()
    assert "not connected since" in told
    sandbox.clear_faults()
    reconnect_account(actor=None, account_id=page.pk, values={})
    collect_all(Account.objects.get(pk=page.pk))
    spent = time.process_time() - began

    for channel, account in accounts.items():
        stored = list_stored(account)
        missing, strange = set(ids[channel]) - set(stored), set(stored) - set(ids[channel])
        assert not missing, (channel, len(missing), sorted(missing)[:5])
        assert not strange, (channel, sorted(strange)[:5])
        assert len(stored) == len(ids[channel]), f"{channel} has something twice"
    assert RawPayload.objects.filter(account=accounts["email"]).count() == BEFORE + MAILS

    client = Client()
    client.force_login(operator)
    strip = client.get(reverse("strip")).content.decode()
    waiting = {"email": MAILS, "twitter": X_POSTS + X_MESSAGES, "facebook": COMMENTS}
    for channel, account in accounts.items():
        gap = Gap.objects.get(account=account)
        assert gap.finished_at and gap.collected == waiting[channel], channel
        assert say_gap(gap).startswith(f"{waiting[channel]:,} messages from ")
        assert f"{waiting[channel]:,} messages" in strip, "every operator is told"
    assert Account.objects.get(channel="email").cursor["validity"] != numbered, "the numbers did change"
    assert not Conversation.objects.filter(unjudged=True).exists()
    sys.stdout.write(f"{sum(waiting.values())} messages collected after the outage in {spent:.0f} s of CPU\n")
