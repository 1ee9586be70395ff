"""What every channel promises, asked of each one enabled: a new folder is tested the moment it is there."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command

from connectors import http
from connectors.access import open_access
from connectors.contract import Outgoing
from connectors.demo import find_demo
from connectors.errors import ConnectorError
from connectors.models import Account
from connectors.registry import find_connector, list_connectors
from connectors.services import add_account
from inbox.capabilities import Capabilities
from inbox.errors import BadInput, NotAllowed
from inbox.models import Conversation, Message
from tests.connectors.conftest import poll_now
from tests.factories import make_member

pytestmark = pytest.mark.django_db

WORDS = project.CHANNELS


@pytest.fixture
def accounts(db, sandbox, capsys):
    """Every enabled channel's account, connected to the sandbox by the demo's own command."""
    call_command("connect_sandbox")
    return {account.channel: account for account in Account.objects.all()}


@pytest.fixture(params=WORDS)
def account(request, accounts):
    return accounts[request.param]


def reach_nobody(account, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    Account.objects.filter(pk=account.pk).update(config={**account.config, "imap_port": 9, "smtp_port": 9})
    account.refresh_from_db()


def test_connecting_the_demo_twice_changes_nothing(accounts):
    before = {row.pk: (bytes(row.secrets or b""), row.address) for row in Account.objects.all()}
    call_command("connect_sandbox")
    assert {row.pk: (bytes(row.secrets or b""), row.address) for row in Account.objects.all()} == before
    assert sorted(accounts) == sorted(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_a_channel_answers_to_the_name_of_its_folder(word):
    assert find_connector(word).word == word
    assert (Path(project.BASE_DIR) / "connectors" / word / "connector.py").exists()


def test_capabilities_come_back_from_the_row_as_they_went_in(account):
    told = find_connector(account.channel).capabilities(open_access(account))
    assert Capabilities.from_json(account.capability_facts) == told
    assert told.public or told.private
    assert told.label and told.icon and told.triage_channel


@pytest.mark.parametrize("connector", list_connectors(), ids=lambda one: one.word)
def test_the_guided_set_up_says_what_to_do_and_hides_what_is_secret(connector):
    setup = connector.setup()
    assert setup.title and setup.steps
    names = [field.name for field in setup.fields]
    assert len(names) == len(set(names))
    for field in setup.fields:
        assert field.label
        looks_secret = any(word in field.name for word in ("secret", "password", "token"))
        assert field.secret or not looks_secret, field.name


def test_a_test_of_the_account_says_whom_it_found(account):
    health = find_connector(account.channel).check(open_access(account))
    assert health.ok and health.sentence
    assert health.address == account.address


def test_a_platform_that_is_away_is_told_in_the_channels_own_words_only(account, settings):
    reach_nobody(account, settings)
    with pytest.raises(ConnectorError) as raised:
        list(find_connector(account.channel).fetch(open_access(account), account.cursor))
    assert raised.value.sentence


def test_a_reply_to_a_platform_that_is_away_provably_did_not_leave(account, settings, sandbox):
    outgoing = first_outgoing(account, sandbox)
    reach_nobody(account, settings)
    with pytest.raises(ConnectorError) as raised:
        find_connector(account.channel).send(open_access(account), outgoing)
    assert raised.value.proves_unsent


def test_a_target_that_makes_no_sense_is_refused_before_anything_leaves(account, sandbox):
    for target in ("", "nonsense", "person:", "a\r\nBcc: x@example.org"):
        outgoing = Outgoing(reply_id=1, text="Hello", visibility="private", target=target)
        with pytest.raises(ConnectorError) as raised:
            find_connector(account.channel).send(open_access(account), outgoing)
        assert raised.value.proves_unsent
    assert not [one for one in sandbox.journal("accepted") if "Hello" in str(one["data"])]


def test_what_was_never_sent_is_not_found(account, sandbox):
    outgoing = replace(first_outgoing(account, sandbox), text="Never said")
    assert find_connector(account.channel).find_sent(open_access(account), outgoing) is None


def test_the_same_fetch_again_gives_the_same_items(account, sandbox):
    write(account, sandbox)
    connector, access = find_connector(account.channel), open_access(account)
    first = [item for page in connector.fetch(access, {}) for item in page.items]
    again = [item for page in connector.fetch(access, {}) for item in page.items]
    assert first == again
    assert first


def test_a_file_is_fetched_from_the_platforms_own_hosts_only(account):
    connector, access = find_connector(account.channel), open_access(account)
    for source in ("https://example.org/x.png", "http://169.254.169.254/", "file:///etc/passwd", ""):
        with pytest.raises(ConnectorError):
            connector.fetch_file(access, source)


def test_credentials_that_are_refused_store_nothing(accounts, sandbox, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 2)
    for word in WORDS:
        fields = find_connector(word).setup().fields
        values = {field.name: "wrong" for field in fields if field.kind == "text"}
        with pytest.raises(BadInput):
            add_account(actor=None, channel=word, name="Wrong", values=values)
    assert Account.objects.count() == len(WORDS)


def test_only_admins_connect_accounts(accounts):
    with pytest.raises(NotAllowed):
        add_account(actor=make_member(), channel=WORDS[0], name="Mine", values={})


def write(account, sandbox):
    """Let a member of the public write on this account's channel."""
    return sandbox.post(find_demo(account.channel).town, author="Jo M.", text="Is anybody there?")


def first_outgoing(account, sandbox):
    """Return a private reply to something that was collected."""
    write(account, sandbox)
    poll_now(account)
    message = Message.objects.defer("search").get()
    assert Conversation.objects.get().account == account
    return Outgoing(
        reply_id=1,
        text="We are here.",
        visibility="private",
        target=message.terms["private_target"],
        thread_key=Conversation.objects.get().thread_key,
        attempted_at=message.received_at,
    )
