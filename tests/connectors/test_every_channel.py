"""What the platforms do to us (contract section 11), asked of every enabled channel alike, by name."""

import logging
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.utils import timezone

from connectors import http, leases, polling
from connectors.contract import Page
from connectors.delivery import deliver_reply
from connectors.demo import find_demo
from connectors.email import wire
from connectors.health import describe_health
from connectors.leases import take_lease
from connectors.models import Account, AccountState
from connectors.polling import poll_account
from connectors.reconciling import look_for_reply
from connectors.records import Gap
from connectors.secrets import unseal
from connectors.services import pause_account, reconnect_account, resume_account
from inbox.enums import ReplyState
from inbox.models import Conversation, Message, RawPayload, Reply
from inbox.services import ingest
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import connect, poll_now
from tests.connectors.troubles import Order, find_troubles

pytestmark = pytest.mark.django_db


@pytest.fixture(params=project.CHANNELS)
def account(request, sandbox):
    return connect(request.param)


@pytest.fixture
def troubles(account):
    return find_troubles(account.channel)


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 1)
    monkeypatch.setattr(wire, "SECONDS", 1.0)


def write(account, sandbox, count=1, text="Is anybody there?"):
    demo = find_demo(account.channel)
    assert demo
    return [
        sandbox.post(demo.town, author=f"Jo {number}", text=f"{text} {number}") for number in range(count)
    ]


def stored():
    return sorted(Message.objects.filter(direction="in", unreadable=False).values_list("text", flat=True))


def place(account):
    """Return the account's cursor without what is only a time of the next look."""
    return {name: value for name, value in account.cursor.items() if not name.endswith("_at")}


def poll_until_calm(account, tries=6):
    """Poll until the account works again, as the tick would."""
    for _ in range(tries):
        if not poll_now(account).failures:
            return
    raise AssertionError("the account did not recover")


def write_reply(operator, conversation, text="We are on our way."):
    message = conversation.messages.defer("search").order_by("-id")[0]
    way = "public" if message.terms.get("public_target") else "private"
    request = ReplyRequest(text=text, visibility=way, key="k1", seen_version=conversation.version, fence=None)
    row = reply(actor=operator, conversation_id=conversation.pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=timezone.now())
    return row


def accepted(sandbox, text="We are on our way."):
    return [one for one in sandbox.journal("accepted") if text in str(one["data"])]


def test_everything_is_collected_in_order_and_once_however_often_it_is_polled(account, sandbox):
    write(account, sandbox, 7)
    poll_now(account)
    Account.objects.update(cursor={})
    poll_now(Account.objects.get())
    said = list(Message.objects.filter(direction="in").order_by("id").values_list("text", flat=True))
    assert [text[-1] for text in said] == [str(number) for number in range(7)]


def test_a_page_is_stored_with_its_cursor_or_not_at_all(account, sandbox, monkeypatch):
    write(account, sandbox, 3)
    real = ingest.store_page

    def fail_after(**facts):
        real(**facts)
        raise RuntimeError("the worker dies here")

    monkeypatch.setattr(ingest, "store_page", fail_after)
    before = Account.objects.get().cursor
    poll_account(account.pk)
    assert stored() == [] and not RawPayload.objects.exists()
    assert Account.objects.get().cursor == before
    monkeypatch.setattr(ingest, "store_page", real)
    poll_until_calm(account)
    assert len(stored()) == 3


def test_the_source_of_every_message_is_kept_byte_for_byte(account, sandbox):
    write(account, sandbox, 2, text="Grüße 🚓")
    poll_now(account)
    for payload in RawPayload.objects.all():
        assert bytes(payload.body) and payload.problem == ""
    assert RawPayload.objects.count() == 2


@pytest.mark.parametrize("way", ["hang", "cut", "nonsense"])
def test_an_answer_that_hangs_is_cut_or_makes_no_sense_loses_nothing(account, troubles, sandbox, way):
    write(account, sandbox, 3)
    sandbox.fault(troubles.channel, troubles.read, getattr(troubles, way), times=1, seconds=3)
    started = timezone.now()
    assert poll_now(account).failures == 1
    assert (timezone.now() - started).total_seconds() < 15
    poll_until_calm(account)
    assert len(stored()) == 3


def test_a_platform_that_is_out_of_order_is_named_and_nothing_is_lost(account, troubles, sandbox):
    write(account, sandbox, 2)
    troubles.order(sandbox, troubles.sick)
    account = poll_now(account)
    line = describe_health(account)
    assert line.word == "failing" and account.capabilities.label in line.sentence
    assert account.problem_kind == "transient"
    assert account.next_poll_at > timezone.now()
    sandbox.clear_faults()
    poll_until_calm(account)
    assert len(stored()) == 2


def test_a_platform_that_asks_us_to_wait_is_left_alone_until_then(account, troubles, sandbox):
    troubles.order(sandbox, troubles.busy)
    poll_now(account)
    account.refresh_from_db()
    assert account.failures == 1 and account.next_poll_at > timezone.now()
    assert leases.list_due() == [] and not poll_account(account.pk)
    sandbox.clear_faults()
    poll_until_calm(account)


def test_an_access_that_was_taken_back_is_said_loudly_and_the_polling_stops(account, troubles, sandbox):
    troubles.order(sandbox, troubles.revoked)
    for _ in range(3):
        if Account.objects.get().state == AccountState.ACTIVE:
            poll_now(Account.objects.get())
    account.refresh_from_db()
    line = describe_health(account)
    assert account.state == AccountState.RECONNECT
    assert line.is_loud and "not connected since" in line.sentence
    assert leases.list_due() == []


def test_connecting_again_keeps_the_account_its_history_and_its_place(account, troubles, sandbox):
    write(account, sandbox, 2)
    poll_now(account)
    before = Account.objects.get()
    troubles.order(sandbox, troubles.revoked)
    for _ in range(3):
        if Account.objects.get().state == AccountState.ACTIVE:
            poll_now(Account.objects.get())
    sandbox.clear_faults()
    Account.objects.update(last_collected_at=timezone.now() - timedelta(hours=1))
    write(account, sandbox, 3, text="Written while it was away")
    demo = find_demo(account.channel)
    assert demo
    after = reconnect_account(actor=None, account_id=account.pk, values=demo.values)
    assert (after.pk, after.address) == (before.pk, before.address)
    assert place(after) == place(before) and after.state == AccountState.ACTIVE
    kept, typed = unseal(after.secrets), unseal(before.secrets)
    assert {name: kept[name] for name in demo.values if name in typed} == {
        name: typed[name] for name in demo.values if name in typed
    }
    poll_now(after)
    assert len(stored()) == 5
    assert Message.objects.filter(late=True).count() == 3
    gap = Gap.objects.get()
    assert gap.collected == 3 and gap.finished_at


def test_an_outage_is_fetched_whole_in_order_and_marked(account, sandbox, settings):
    write(account, sandbox, 1)
    poll_now(account)
    Account.objects.update(last_collected_at=timezone.now() - timedelta(hours=2))
    write(account, sandbox, 40, text="Written meanwhile")
    for _ in range(4):
        poll_now(Account.objects.get())
    late = Message.objects.filter(late=True).order_by("id").values_list("text", flat=True)
    assert sorted(int(text.rpartition(" ")[2]) for text in late) == list(range(40))
    assert Gap.objects.get().collected == 40
    assert len(stored()) == 41


def test_one_account_in_trouble_does_not_hold_up_another(account, troubles, sandbox):
    other = connect(next(word for word in project.CHANNELS if word != account.channel))
    write(other, sandbox, 1)
    troubles.order(sandbox, troubles.sick)
    poll_now(account)
    poll_now(other)
    assert len(stored()) == 1
    account.refresh_from_db()
    assert account.failures == 1


def test_a_poller_whose_time_ran_out_stores_nothing(account):
    old = take_lease(account.pk, "slow")
    Account.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert take_lease(account.pk, "quick")
    assert old
    with pytest.raises(leases.LeaseLost):
        polling.store_page(old, Page((), {"made": "up"}))
    account.refresh_from_db()
    assert account.cursor != {"made": "up"}


def test_an_account_that_is_paused_is_left_alone_and_goes_on_where_it_stopped(account, sandbox):
    poll_now(account)
    pause_account(actor=None, account_id=account.pk)
    write(account, sandbox, 2)
    assert not poll_account(account.pk)
    resume_account(actor=None, account_id=account.pk)
    poll_now(Account.objects.get())
    assert len(stored()) == 2


def test_a_reply_reaches_the_platform_once_and_its_echo_is_known_for_what_it_is(account, sandbox, operator):
    write(account, sandbox, 1)
    poll_now(account)
    row = write_reply(operator, Conversation.objects.get())
    assert deliver_reply(row.pk) and not deliver_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.SENT, row.error_text
    for _ in range(2):
        poll_now(Account.objects.get())
    assert len(accepted(sandbox)) == 1
    assert Message.objects.count() == 2


def test_a_reply_that_was_taken_without_an_answer_is_looked_for_and_never_sent_twice(
    account, troubles, sandbox, operator
):
    write(account, sandbox, 1)
    poll_now(account)
    row = write_reply(operator, Conversation.objects.get())
    sandbox.fault(troubles.channel, troubles.send, "accept_then_cut", times=1)
    deliver_reply(row.pk)
    row.refresh_from_db()
    # Where the platform takes a key of ours, trying again is harmless and tells at once.
    assert row.state in {ReplyState.UNKNOWN, ReplyState.SENT}
    assert not deliver_reply(row.pk)
    Reply.objects.filter(state=ReplyState.UNKNOWN).update(next_look_at=timezone.now())
    look_for_reply(row.pk)
    row.refresh_from_db()
    assert row.state == (ReplyState.SENT if troubles.finds else ReplyState.UNKNOWN), row.error_text
    assert not deliver_reply(row.pk)
    assert len(accepted(sandbox)) == 1


def test_a_reply_that_the_platform_refuses_is_told_to_people(account, troubles, sandbox, operator):
    write(account, sandbox, 1)
    poll_now(account)
    row = write_reply(operator, Conversation.objects.get())
    sandbox.fault(troubles.channel, troubles.send, times=0, **troubles.refused)
    deliver_reply(row.pk)
    row.refresh_from_db()
    assert row.state == ReplyState.FAILED and row.error_text
    assert accepted(sandbox) == []
    assert Conversation.objects.get().reply_trouble


def test_no_trouble_puts_a_token_into_a_log_or_onto_a_screen(account, troubles, sandbox, caplog, operator):
    caplog.set_level(logging.DEBUG)
    demo = find_demo(account.channel)
    assert demo
    secrets = [one for one in unseal(Account.objects.get().secrets).values() if len(one) > 8]
    assert secrets
    write(account, sandbox, 1)
    poll_now(account)
    row = write_reply(operator, Conversation.objects.get())
    cut: Order = (troubles.read, troubles.cut, {})
    for order in (troubles.busy, troubles.sick, cut, troubles.revoked):
        troubles.order(sandbox, order)
        Account.objects.update(state=AccountState.ACTIVE)
        poll_now(Account.objects.get())
        said = Account.objects.values_list("problem", "problem_kind", "meter")
        assert not [secret for secret in secrets if secret in str(list(said))]
        sandbox.clear_faults()
    Account.objects.update(state=AccountState.ACTIVE)
    sandbox.fault(troubles.channel, troubles.send, times=1, **troubles.refused)
    deliver_reply(row.pk)
    row.refresh_from_db()
    everything = caplog.text + row.error_text
    assert not [secret for secret in secrets if secret in everything]
