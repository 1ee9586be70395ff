"""The tasks by name: ids in, one service called. Whatever is lost here is found again by the next tick."""

import logging
from collections.abc import Iterable

from celery import Task, shared_task
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis import RedisError

from connectors import (
    acting,
    alarming,
    canaries,
    delivery,
    files,
    hooks,
    leases,
    notices,
    polling,
    reconciling,
    watch,
)
from connectors.machinery import QUEUE, beat
from inbox.services import outbox
from inbox.services.act import due_acts

# A task that nobody took within this time is dropped; the tick has made a new one by then.
EXPIRES = 10
# Priorities of the queue: what is fresh goes before any backlog.
FIRST, BEHIND = 0, 9
log = logging.getLogger(__name__)


@shared_task(name="connectors.tick")
def tick() -> None:
    """Ask the database for everything that is due and hand it out, replies first."""
    beat(QUEUE)
    hand_out(deliver, outbox.due_replies())
    hand_out(act, due_acts())
    hand_out(notify, notices.list_due())
    hand_out(alarm, alarming.list_due())
    hand_out(read_hook, hooks.list_due())
    hand_out(poll, leases.list_due())
    hand_out(poll, leases.list_behind(), priority=BEHIND)
    hand_out(look, outbox.due_looks())
    hand_out(fetch_file, files.list_due())
    hand_out(check, canaries.list_due())


def hand_out(task: "Task[..., None]", ids: Iterable[int], priority: int = FIRST) -> None:
    """Enqueue the task for each id, unless that was done a moment ago and nobody has come to it yet."""
    for pk in ids:
        try:
            if cache.add(f"handed:{task.name}:{pk}", 1, EXPIRES):
                task.apply_async((pk,), expires=EXPIRES, priority=priority)
        except (RedisError, OperationalError) as error:
            log.warning("Work could not be handed out: %s", type(error).__name__)
            return


def take(task: "Task[..., None]", pk: int) -> None:
    """Note that a worker has come to it, so that it may be handed out again when it is due again."""
    try:
        cache.delete(f"handed:{task.name}:{pk}")
    except RedisError as error:
        log.warning("A mark in the cache could not be removed: %s", type(error).__name__)


@shared_task(name="connectors.poll")
def poll(account_id: int) -> None:
    """Poll one account."""
    take(poll, account_id)
    polling.poll_account(account_id)


@shared_task(name="connectors.check")
def check(account_id: int) -> None:
    """Send one account its check item."""
    take(check, account_id)
    canaries.send_canary(account_id)


@shared_task(name="connectors.watch")
def watch_all() -> None:
    """Look at every account: is it heard, is it unusually quiet, what must screens be told."""
    watch.watch_accounts()


@shared_task(name="connectors.deliver")
def deliver(reply_id: int) -> None:
    """Send one reply."""
    take(deliver, reply_id)
    delivery.deliver_reply(reply_id)


@shared_task(name="connectors.look")
def look(reply_id: int) -> None:
    """Look for one reply whose fate is unknown."""
    take(look, reply_id)
    reconciling.look_for_reply(reply_id)


@shared_task(name="connectors.notify")
def notify(notice_id: int) -> None:
    """Tell one team of an escalation."""
    take(notify, notice_id)
    notices.send_notice(notice_id)


@shared_task(name="connectors.fetch_file")
def fetch_file(attachment_id: int) -> None:
    """Fetch one attachment."""
    take(fetch_file, attachment_id)
    files.fetch_attachment(attachment_id)


@shared_task(name="connectors.read_hook")
def read_hook(payload_id: int) -> None:
    """Read what one call of a web hook told."""
    take(read_hook, payload_id)
    hooks.read_payload(payload_id)


@shared_task(name="connectors.act")
def act(act_id: int) -> None:
    """Carry out one act on a message."""
    take(act, act_id)
    acting.carry_out(act_id)


@shared_task(name="connectors.alarm")
def alarm(call_id: int) -> None:
    """Send one alarm of the chain."""
    take(alarm, call_id)
    alarming.send_alarm(call_id)
