"""The echo of a reply comes in at the very moment in which its receipt is written."""

from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction

from inbox.enums import Direction
from inbox.models import Message
from inbox.services.steps import lock
from tests.factories import make_conversation
from tests.inbox.pages import say, store
from tests.together import run_together

SEEN_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.mark.django_db(transaction=True)
def test_an_echo_that_waits_for_the_receipt_of_its_reply_is_no_second_message():
    conversation = make_conversation(thread_key="thread:talk")
    held = Event()

    def write_receipt() -> None:
        with transaction.atomic():
            row = lock(conversation.pk)
            held.set()
            wait_for_the_other()
            Message.objects.create(
                conversation=row,
                account=row.account,
                remote_id="r1",
                direction=Direction.OUT,
                visibility="public",
                text="We are here.",
                written_at=row.created_at,
                received_at=row.created_at,
            )

    def collect_echo() -> None:
        held.wait(10)
        echo = say("r1", "We are here.", direction=Direction.OUT, thread_key="thread:talk")
        store(conversation.account, echo)

    run_together(write_receipt, collect_echo)
    assert Message.objects.filter(remote_id="r1").count() == 1


def wait_for_the_other() -> None:
    """Return once the other transaction stands at our lock."""
    for _ in range(80):
        with connection.cursor() as cursor:
            cursor.execute(SEEN_WAITING)
            if cursor.fetchone()[0]:
                return
        sleep(0.05)
    raise AssertionError("The echo did not wait for the conversation.")
