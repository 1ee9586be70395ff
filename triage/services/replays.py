"""Try a draft or a version on the past, piece by piece, so that progress is seen and nothing is lost."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.services import record
from staff.models import Member
from triage.engine import Engine
from triage.errors import TriageError
from triage.history import Past, desk_history
from triage.labelled import read_labelled
from triage.models import Difference, Draft, Replay, ReplayState, Version
from triage.queries.editions import engine_of, load_engine, need_live, sum_changes
from triage.rules.model import RuleError
from triage.services.steps import demand
from triage.tally import Pair, Tally
from triage.verdict import Level

AT_ONCE = 200
SLICE_SECONDS = 8.0
LEASE = timedelta(seconds=40)
MOST_DAYS = 366
MOST_BYTES, MOST_LINES = 5_000_000, 50_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Material:
    """What to replay on: the last `days`, or the text of a file under its name."""

    days: int | None = None
    text: str = ""
    file_name: str = ""


def begin_replay(*, actor: Member, candidate: Draft | Version, material: Material) -> Replay:
    """A replay of the candidate against the live version, not begun yet; a worker takes it up.

    TriageError when the days make no sense, a line of the file cannot be read, or a rule cannot be used.
    """
    demand(actor)
    base, changes = _content(candidate)
    try:
        engine_of(base, changes)
    except RuleError as error:
        raise TriageError(f"The rules cannot be used like this: {error}. Nothing was begun.") from None
    total, since = _measure(material)
    with transaction.atomic():
        replay = Replay.objects.create(
            draft=candidate if isinstance(candidate, Draft) else None,
            version=candidate if isinstance(candidate, Version) else None,
            against=need_live(),
            base_id=base,
            changes=changes,
            name=candidate.name if isinstance(candidate, Draft) else f"Version {candidate.number}",
            author=actor,
            days=material.days,
            since=since,
            upload=material.text,
            file_name=material.file_name[:160],
            total=total,
        )
        what = material.file_name or f"{material.days} days"
        record(actor=actor, verb="rules.replayed", subject=replay, candidate=replay.name, on=what)
    return replay


def _content(candidate: Draft | Version) -> tuple[str, dict[str, str | None]]:
    """The snapshot's name and what lies over it."""
    if isinstance(candidate, Draft):
        return candidate.parent.base_id, sum_changes(candidate)
    return candidate.base_id, candidate.changes


def list_due() -> list[int]:
    """The replays that nobody works on."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return list(Replay.objects.filter(free, state=ReplayState.RUNNING).values_list("pk", flat=True)[:10])


def stop_replay(*, actor: Member, replay_id: int) -> None:
    """End a replay where it stands; what it found so far stays."""
    demand(actor)
    rows = Replay.objects.filter(pk=replay_id, state=ReplayState.RUNNING)
    rows.update(state=ReplayState.STOPPED, finished_at=timezone.now())


def run_replay(replay_id: int, seconds: float = SLICE_SECONDS) -> bool:
    """Work on a replay for some seconds; True when there is more to do. Does nothing while another works."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = Replay.objects.filter(free, pk=replay_id, state=ReplayState.RUNNING)
    if not taken.update(lease_until=now + LEASE):
        return False
    replay = Replay.objects.select_related("against").get(pk=replay_id)
    try:
        return _work(replay, seconds)
    except Exception as error:
        log.exception("Replay %s failed.", replay_id)
        Replay.objects.filter(pk=replay_id).update(
            state=ReplayState.FAILED, problem=f"It stopped by an error ({type(error).__name__})."
        )
        return False
    finally:
        Replay.objects.filter(pk=replay_id).update(lease_until=None)


def _work(replay: Replay, seconds: float) -> bool:
    new, old = engine_of(replay.base_id, replay.changes), load_engine(replay.against)
    begun = time.monotonic()
    while True:  # one step at least, or a slow machine would never end
        started = time.monotonic()
        batch = _read(replay)
        if not batch:
            _finish(replay)
            return False
        pairs = [_judge(past, old, new) for past in batch]
        if not _keep(replay, pairs, time.monotonic() - started):
            return False
        if time.monotonic() - begun >= seconds:
            return True


def _judge(past: Past, old: Engine, new: Engine) -> Pair:
    return Pair(past, old.assess(past.facts), new.assess(past.facts))


def _read(replay: Replay) -> list[Past]:
    if replay.since is not None:
        return desk_history().read(replay.since, replay.cursor, AT_ONCE)
    lines = replay.upload.splitlines()[replay.cursor : replay.cursor + AT_ONCE]
    return [past for number, line in enumerate(lines, replay.cursor + 1) for past in _from_line(number, line)]


def _from_line(number: int, line: str) -> list[Past]:
    return [
        Past(
            message_id=number,
            conversation_id=0,
            facts=row.facts,
            received_at=timezone.now(),
            level=Level.NONE,
            score=0.0,
            version="",
            language="",
            decided=row.level if row.level is not None else Level.URGENT if row.urgent else Level.ROUTINE,
            graded=True,
        )
        for row in read_labelled([line])
    ]


def _keep(replay: Replay, pairs: Sequence[Pair], seconds: float) -> bool:
    """Store what a batch gave; False when the replay was stopped or another works on it."""
    tally = Tally(replay.tally or None)
    for pair in pairs:
        tally.add(pair)
    with transaction.atomic():
        mine = Replay.objects.filter(pk=replay.pk, cursor=replay.cursor, state=ReplayState.RUNNING)
        cursor, now = pairs[-1].past.message_id, timezone.now()
        changed = mine.update(
            cursor=cursor,
            done=F("done") + len(pairs),
            tally=tally.data,
            seconds=F("seconds") + seconds,
            lease_until=now + LEASE,
        )
        if not changed:
            return False
        Difference.objects.bulk_create([_difference(replay, pair) for pair in pairs if pair.differs])
    replay.cursor, replay.tally = cursor, tally.data
    return True


def _difference(replay: Replay, pair: Pair) -> Difference:
    past, is_file = pair.past, replay.since is None
    return Difference(
        replay=replay,
        message_id=None if is_file else past.message_id,
        conversation_id=None if is_file else past.conversation_id,
        line=past.message_id if is_file else None,
        text=past.facts.text[:300].replace("\x00", "") if is_file else "",
        before=pair.before.level,
        after=pair.after.level,
        before_score=pair.before.score,
        after_score=pair.after.score,
        decided=past.decided,
    )


def _finish(replay: Replay) -> None:
    rows = Replay.objects.filter(pk=replay.pk, state=ReplayState.RUNNING)
    rows.update(state=ReplayState.FINISHED, finished_at=timezone.now(), total=F("done"))


def _measure(material: Material) -> tuple[int, datetime | None]:
    if material.days is not None:
        if not 1 <= material.days <= MOST_DAYS:
            raise TriageError("Choose between 1 and 366 days. Nothing was begun.")
        since = timezone.now() - timedelta(days=material.days)
        return desk_history().count(since), since
    if len(material.text.encode("utf-8", "replace")) > MOST_BYTES:
        raise TriageError("The file is larger than 5 MB. Take a part of it. Nothing was begun.")
    lines = material.text.splitlines()
    if not lines or len(lines) > MOST_LINES or not all(line.strip() for line in lines):
        raise TriageError("The file needs 1 to 50,000 lines, none of them empty. Nothing was begun.")
    try:
        return sum(1 for _ in islice(read_labelled(lines), MOST_LINES)), None
    except (ValueError, RecursionError) as error:
        raise TriageError(f"The file cannot be read: {error}. Nothing was begun.") from None
