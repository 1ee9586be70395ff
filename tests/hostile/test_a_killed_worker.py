"""A process that is killed while a reply is on its way: nobody knows what became of it, so the desk looks."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from connectors.delivery import deliver_reply
from connectors.reconciling import look_for_reply
from inbox.enums import ReplyState
from inbox.models import Conversation, Reply
from inbox.services import outbox
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import page, poll_now, sandbox, sandbox_process

__all__ = ["page", "sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
SEND = """
import sys
import django
django.setup()
from connectors.delivery import deliver_reply
deliver_reply(int(sys.argv[1]))
"""


def start_sending(row: Reply, world: Any) -> "subprocess.Popen[bytes]":
    """Deliver the reply in a process of its own."""
    place = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "desk.settings",
        "DATABASE_URL": f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}",
        "SANDBOX_URL": world.url,
    }
    return subprocess.Popen([sys.executable, "-c", SEND, str(row.pk)], env=environment, cwd=settings.BASE_DIR)


def wait_for_fault(world: Any) -> None:
    """Wait until the platform has met the fault that was ordered."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if world.journal("fault"):
            return
        time.sleep(0.05)
    pytest.fail("The reply never reached the platform.")


def count_accepted(world: Any) -> int:
    taken = [entry["data"] for entry in world.journal("accepted")]
    return sum(one.get("operation") == "create_comment" and one.get("status") == 200 for one in taken)


@pytest.mark.parametrize(("fault", "accepted"), [("accept_then_hang", 1), ("hang", 0)])
def test_a_reply_whose_sender_was_killed_is_looked_for_and_never_sent_again(
    page, sandbox, operator, fault, accepted
):
    sandbox.post("/town/facebook/comments", author="Jo M.", text="There is smoke coming from the mill")
    poll_now(page)
    request = ReplyRequest(text="Officers are on their way.", visibility="public", key="k1")
    row = reply(actor=operator, conversation_id=Conversation.objects.get().pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=row.created_at)
    sandbox.fault("facebook", "create_comment", fault, times=1, seconds=30)
    sender = start_sending(row, sandbox)
    wait_for_fault(sandbox)
    sender.send_signal(signal.SIGKILL)
    sender.wait(10)
    row.refresh_from_db()
    assert row.state == ReplyState.SENDING
    assert not deliver_reply(row.pk)
    Reply.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    outbox.expire_leases()
    row.refresh_from_db()
    assert row.state == ReplyState.UNKNOWN
    Reply.objects.filter(pk=row.pk).update(next_look_at=timezone.now())
    look_for_reply(row.pk)
    row.refresh_from_db()
    assert row.state == (ReplyState.SENT if accepted else ReplyState.UNKNOWN)
    assert not deliver_reply(row.pk)
    assert count_accepted(sandbox) == accepted
