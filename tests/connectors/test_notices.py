"""A team is told of an escalation, told again, and told in a way that it can trust."""

import hashlib
import hmac
import http.server
import json
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from connectors import http as outbound
from connectors.notices import list_due, send_notice
from connectors.teams import renew_hook_secret
from inbox.enums import NoticeState
from inbox.models import Escalation, Notice, Team
from inbox.services.claim import claim
from inbox.services.escalate import acknowledge, escalate, read_ack_token, remind_due
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db


class Receiver(http.server.BaseHTTPRequestHandler):
    """A team's own system: keeps what it is told and answers with `status`."""

    got: list[tuple[dict[str, str], bytes]] = []
    status = 204

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def receiver(settings):
    Receiver.got, Receiver.status = [], 204
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SANDBOX_URL = f"http://127.0.0.1:{server.server_port}"
    yield f"{settings.SANDBOX_URL}/incidents"
    server.shutdown()
    thread.join()
    server.server_close()


def hand_over(operator, **team):
    conversation = make_conversation(text="He has a knife")
    claim(actor=operator, conversation_id=conversation.pk)
    row = Team.objects.create(name="Control room", **team)
    return escalate(
        actor=operator, conversation_id=conversation.pk, team_id=row.pk, text="Please send a car."
    )


def test_a_team_gets_a_mail_with_a_link_that_acknowledges_this_very_escalation(operator):
    row = hand_over(operator, email="control@northshire.example")
    (notice,) = list_due()
    assert send_notice(notice)
    (sent,) = mail.outbox
    assert sent.to == ["control@northshire.example"]
    assert "Please send a car." in sent.body and "He has a knife" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    token = sent.body.split("/acknowledge/")[1].split("/")[0]
    assert read_ack_token(token) == row
    assert not send_notice(notice)
    assert len(mail.outbox) == 1


def test_a_web_hook_is_signed_over_its_time_and_its_very_bytes(operator, supervisor, receiver):
    row = hand_over(operator, web_hook=receiver)
    secret = renew_hook_secret(actor=supervisor, team_id=row.team_id)
    (notice,) = list_due()
    assert send_notice(notice)
    headers, body = Receiver.got[0]
    signed = headers["X-Desk-Timestamp"].encode() + b"." + body
    right = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Desk-Signature"] == f"sha256={right}"
    told = json.loads(body)
    assert told["event"] == "escalation.created"
    assert told["request"] == "Please send a car."
    assert "/acknowledge/" in told["acknowledge_url"]
    assert secret.encode() not in bytes(Team.objects.get().web_hook_secret or b"")


def test_a_web_hook_that_fails_is_tried_again_later_and_the_trouble_is_said(operator, receiver):
    hand_over(operator, web_hook=receiver)
    Receiver.status = 500
    (notice,) = list_due()
    assert not send_notice(notice)
    row = Notice.objects.get()
    assert row.state == NoticeState.QUEUED
    assert "500" in row.problem
    assert row.due_at > timezone.now()
    assert list_due() == []
    Receiver.status = 200
    Notice.objects.update(due_at=timezone.now())
    assert send_notice(notice)
    assert Notice.objects.get().problem == ""


def test_a_web_hook_that_redirects_is_not_followed(operator, receiver):
    hand_over(operator, web_hook=receiver)
    Receiver.status = 302
    assert not send_notice(list_due()[0])
    assert len(Receiver.got) == 1


def test_a_team_is_reminded_until_somebody_acknowledges(operator, settings):
    row = hand_over(operator, email="control@northshire.example")
    send_notice(list_due()[0])
    early = timezone.now() - timedelta(seconds=settings.ESCALATION_REMIND_SECONDS + 1)
    Notice.objects.update(due_at=early)
    assert remind_due() == 1
    assert send_notice(list_due()[0])
    assert mail.outbox[1].subject.startswith("Reminder: ")
    acknowledge(escalation_id=row.pk, by="Control room", incident_number="NS-1", reason="", actor=None)
    Notice.objects.update(due_at=early)
    assert remind_due() == 0
    assert list_due() == []


def test_a_notice_that_is_not_needed_any_more_is_not_sent(operator):
    row = hand_over(operator, email="control@northshire.example")
    (notice,) = list_due()
    Escalation.objects.filter(pk=row.pk).update(
        state="acknowledged", acknowledged_at=timezone.now(), acknowledged_by="Jo", reason="Known"
    )
    assert not send_notice(notice)
    assert mail.outbox == []


def test_a_notice_whose_sender_was_lost_is_sent_by_the_next(operator):
    hand_over(operator, email="control@northshire.example")
    past = timezone.now() - timedelta(seconds=1)
    Notice.objects.update(state=NoticeState.SENDING, lease_until=past)
    assert send_notice(list_due()[0])


def test_a_hook_inside_the_network_is_called_only_where_operations_allow_it(operator, settings):
    settings.SANDBOX_URL = ""
    hand_over(operator, web_hook="https://127.0.0.1:9/hook")
    assert not send_notice(list_due()[0])
    assert "not allowed" in Notice.objects.get().problem
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    Notice.objects.update(due_at=timezone.now())
    assert not send_notice(list_due()[0])
    assert "could not be reached" in Notice.objects.get().problem


def test_a_hook_that_hangs_is_given_up_in_time(operator, receiver, monkeypatch):
    monkeypatch.setattr(outbound, "READ_SECONDS", 1)
    hand_over(operator, web_hook=receiver)
    hold = threading.Event()
    monkeypatch.setattr(Receiver, "do_POST", lambda self: hold.wait(5))
    started = timezone.now()
    assert not send_notice(list_due()[0])
    hold.set()
    assert (timezone.now() - started).total_seconds() < 4
