"""The chain of alarms: who is told when nobody claims, and how its steps are changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from audit.services import Deed, record, record_all
from inbox.enums import AlarmWay, NoticeState, Urgency
from inbox.errors import BadInput
from inbox.live import announce
from inbox.models import AlarmCall, AlarmStep, Team
from inbox.services.steps import demand, read_clock
from staff.models import Member, Role
from staff.permissions import can_manage_teams

AT_ONCE = 200
LONGEST = 7 * 24 * 3600
# What has waited a day longer is known by then: a new step must not tell of a whole history.
DUE = """
    SELECT step.id, thread.id, thread.waiting_since
    FROM inbox_alarmstep AS step
    JOIN inbox_conversation AS thread
        ON thread.state = 'open' AND (thread.holder_id IS NULL OR thread.held_until <= %(now)s)
        AND step.urgency = CASE WHEN thread.unjudged THEN 3 ELSE thread.urgency END
        AND thread.waiting_since <= %(now)s - make_interval(secs => step.after_seconds)
        AND thread.waiting_since > %(now)s - make_interval(secs => step.after_seconds) - interval '1 day'
    WHERE step.is_active AND thread.band <= 2 AND NOT EXISTS (
        SELECT 1 FROM inbox_alarmcall
        WHERE step_id = step.id AND conversation_id = thread.id AND since = thread.waiting_since
    )
    ORDER BY step.urgency DESC, thread.waiting_since, step.after_seconds LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step as somebody describes it. `team_id` and `member_id` None: all supervisors."""

    urgency: int
    after_seconds: int
    team_id: int | None = None
    member_id: int | None = None
    by_screen: bool = False
    by_mail: bool = False
    by_hook: bool = False


@transaction.atomic
def raise_due(now: datetime | None = None) -> int:
    """Tell whoever is due to be told of conversations that nobody claims; returns how many were raised.

    `now` is the database's time unless given. Each step tells once while one wait lasts.
    """
    now = now or read_clock()
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now, "limit": AT_ONCE})
        found = cursor.fetchall()
    if not found:
        return 0
    rows = AlarmStep.objects.select_related("team", "member")
    steps = rows.in_bulk([step for step, _, _ in found])
    calls = [
        AlarmCall(step_id=step, conversation_id=thread, since=since, raised_at=now, due_at=now, **words)
        for step, thread, since in found
        for words in _ways(steps[step])
    ]
    AlarmCall.objects.bulk_create(calls, ignore_conflicts=True)
    deeds = [
        Deed("conversation.alarm_raised", ("conversation", thread), _tell(steps[step]))
        for step, thread, _ in found
    ]
    record_all(actor=None, deeds=deeds)
    announce("alarm", ids=[thread for _, thread, _ in found])
    return len(found)


@transaction.atomic
def add_step(*, actor: Member, new: NewStep) -> AlarmStep:
    """Add a step to the chain. BadInput with the reason when it could tell nobody."""
    demand(can_manage_teams(actor))
    if new.urgency not in {Urgency.CRITICAL, Urgency.URGENT}:
        raise BadInput("Choose critical or urgent. Nothing was changed.", field="urgency")
    if not 0 <= new.after_seconds <= LONGEST:
        raise BadInput("Choose a time between nought and seven days. Nothing was changed.", field="after")
    team = Team.objects.filter(pk=new.team_id, is_active=True).first() if new.team_id else None
    member = Member.objects.filter(pk=new.member_id, is_active=True).first() if new.member_id else None
    _ensure_reachable(new, team, member)
    step = AlarmStep.objects.create(
        urgency=new.urgency,
        after_seconds=new.after_seconds,
        team=team,
        member=member,
        by_screen=new.by_screen,
        by_mail=new.by_mail,
        by_hook=new.by_hook,
    )
    record(actor=actor, verb="alarm.step_added", subject=step, **_tell(step))
    return step


@transaction.atomic
def remove_step(*, actor: Member, step_id: int) -> None:
    """Take a step out of the chain; what it told stays on record."""
    demand(can_manage_teams(actor))
    step = AlarmStep.objects.select_for_update(of=("self",)).select_related("team", "member").get(pk=step_id)
    if step.is_active:
        step.is_active = False
        step.save(update_fields=["is_active"])
        record(actor=actor, verb="alarm.step_removed", subject=step, **_tell(step))


def _ensure_reachable(new: NewStep, team: Team | None, member: Member | None) -> None:
    if (new.team_id and team is None) or (new.member_id and member is None) or (team and member):
        raise BadInput("Choose one team or one colleague who is there. Nothing was changed.", field="who")
    if not (new.by_screen or new.by_mail or new.by_hook):
        raise BadInput("Choose at least one way to tell them. Nothing was changed.", field="ways")
    if team is not None and new.by_screen:
        raise BadInput("A team has no screen here: choose another way. Nothing was changed.", field="ways")
    if new.by_hook and (team is None or not team.web_hook or team.web_hook_secret is None):
        raise BadInput("A web hook needs a team that has one and its secret. Nothing changed.", field="ways")
    if new.by_mail and ((team and not team.email) or (member and not member.email)):
        raise BadInput("They have no e-mail address. Nothing was changed.", field="ways")


def _ways(step: AlarmStep) -> Iterator[dict[str, str]]:
    """Return the ways and addresses; one that nobody can be reached by is kept as failed, in sight."""
    if step.by_screen:
        yield {"way": AlarmWay.SCREEN, "state": NoticeState.SENT}
    if step.by_mail:
        addresses = _addresses(step)
        yield from ({"way": AlarmWay.MAIL, "address": address} for address in addresses)
        if not addresses:
            problem = f"{step.told} cannot be reached: no e-mail address is known."
            yield {"way": AlarmWay.MAIL, "state": NoticeState.FAILED, "problem": problem}
    if step.by_hook and step.team is not None:
        yield {"way": AlarmWay.WEB_HOOK, "address": step.team.web_hook}


def _addresses(step: AlarmStep) -> list[str]:
    if step.team is not None:
        return [step.team.email] if step.team.email else []
    people = Member.objects.filter(is_active=True).exclude(email="")
    chosen = people.filter(pk=step.member_id) if step.member_id else people.filter(role=Role.SUPERVISOR)
    return sorted(set(chosen.values_list("email", flat=True)))


def _tell(step: AlarmStep) -> dict[str, object]:
    ways = {"screen": step.by_screen, "mail": step.by_mail, "web hook": step.by_hook}
    return {
        "step": step.pk,
        "urgency": Urgency(step.urgency).name.lower(),
        "after": step.after_seconds,
        "to": step.told,
        "ways": [way for way, used in ways.items() if used],
    }
