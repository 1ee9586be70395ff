"""Say which version judges. What would lose a message that people marked critical needs two supervisors."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from audit.services import record
from staff.models import Member
from triage import serving
from triage.errors import MovedOn, NeedsSecond, TriageError
from triage.history import desk_history
from triage.models import Activation, Ask, Live, Shadow, Version
from triage.queries.editions import load_engine, need_live
from triage.services.steps import demand, need_words, take_turn
from triage.verdict import Level

# So many of the newest are looked at: more than a large force marks critical in years.
MOST_CRITICAL = 5_000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Looked:
    """What the critical messages of the past say of a version: how many there are and which it would lose."""

    looked_at: int
    lost: tuple[int, ...]


def look_at_critical(version: Version, against: Version) -> Looked:
    """Judge again what people marked critical; lost is what `version` puts lower than `against` does."""
    new, old, history = load_engine(version), load_engine(against), desk_history()
    ids, lost, looked = history.find_critical(MOST_CRITICAL), [], 0
    for start in range(0, len(ids), AT_ONCE):
        for past in history.pick(ids[start : start + AT_ONCE]):
            if past.decided is not Level.CRITICAL:
                continue
            looked += 1
            if new.assess(past.facts).level < old.assess(past.facts).level:
                lost.append(past.message_id)
    return Looked(looked, tuple(sorted(lost)))


def go_live(*, actor: Member, version_id: int, why: str) -> Activation:
    """Let a published version judge. NeedsSecond when it loses critical messages: the asking is kept then.

    TriageError when it is live already or there is no reason; MovedOn when what is live changed meanwhile.
    """
    demand(actor)
    why = need_words(why, "Say why it goes live.")
    version, against = Version.objects.get(pk=version_id), need_live()
    looked = look_at_critical(version, against)
    with transaction.atomic():
        take_turn()
        _ensure_still(version, against)
        Ask.objects.filter(version=version, closed_at=None).update(closed_at=timezone.now())
        ask = Ask.objects.create(
            version=version,
            against=against,
            asked_by=actor,
            why=why,
            looked_at=looked.looked_at,
            lost=list(looked.lost),
        )
        details = {"number": version.number, "why": why, "lost": len(looked.lost), "looked": looked.looked_at}
        if not looked.lost:
            return _switch(ask, actor, None)
        record(actor=actor, verb="rules.live_asked", subject=version, **details)
    raise NeedsSecond(
        f"Version {version.number} would put {count_messages(len(looked.lost))} lower that people marked "
        "critical. A second supervisor must look at this and agree. Nothing has changed yet."
    )


def confirm(*, actor: Member, ask_id: int) -> Activation:
    """Agree, as a second supervisor, to a version that loses critical messages; it goes live.

    TriageError for whoever asked themselves; MovedOn when it would lose others by now than were shown.
    """
    demand(actor)
    ask = Ask.objects.select_related("version", "against").get(pk=ask_id)
    if ask.asked_by_id == actor.pk:
        raise TriageError("You asked for this yourself: another supervisor must agree. Nothing was changed.")
    looked = look_at_critical(ask.version, ask.against)
    with transaction.atomic():
        take_turn()
        ask = Ask.objects.select_for_update(of=("self",)).select_related("version", "against").get(pk=ask_id)
        if ask.closed_at is not None:
            raise MovedOn("This was decided already. Nothing was changed.")
        _ensure_still(ask.version, ask.against)
        new = set(looked.lost) - set(ask.lost)
        if new:
            raise MovedOn(
                f"It would lose {count_messages(len(new))} more than when it was asked for. "
                "Ask again to see them. Nothing was changed."
            )
        return _switch(ask, ask.asked_by, actor)


@transaction.atomic
def refuse(*, actor: Member, ask_id: int) -> None:
    """Close an asking without going live; whoever asked may take it back by the same press."""
    demand(actor)
    ask = Ask.objects.select_for_update(of=("self",)).select_related("version").get(pk=ask_id)
    if ask.closed_at is None:
        Ask.objects.filter(pk=ask.pk).update(closed_at=timezone.now())
        record(actor=actor, verb="rules.live_refused", subject=ask.version, number=ask.version.number)


@transaction.atomic
def go_back(*, actor: Member, version_id: int, why: str) -> Activation:
    """Let a version judge again that was live before, at once and by one supervisor.

    TriageError when it was never live or is live now.
    """
    demand(actor)
    why = need_words(why, "Say why it goes back.")
    take_turn()
    version = Version.objects.get(pk=version_id)
    if not version.activations.exists():
        raise TriageError(f"Version {version.number} was never live. Nothing was changed.")
    _ensure_still(version, need_live())
    Ask.objects.filter(closed_at=None).update(closed_at=timezone.now())
    go = Activation.objects.create(version=version, kind="back", by=actor, why=why)
    return _point(go, actor, "rules.went_back")


def count_messages(number: int) -> str:
    """How many messages, in words that fit a sentence."""
    return "one message" if number == 1 else f"{number:,} messages"


def _ensure_still(version: Version, against: Version) -> None:
    present = need_live()
    if present == version:
        raise MovedOn(f"Version {version.number} is live already. Nothing was changed.")
    if present != against:
        raise MovedOn("Another version went live meanwhile. Look again. Nothing was changed.")


def _switch(ask: Ask, by: Member, second: Member | None) -> Activation:
    Ask.objects.filter(closed_at=None).update(closed_at=timezone.now())
    go = Activation.objects.create(
        version=ask.version,
        kind="forward",
        ask=ask,
        by=by,
        confirmed_by=second,
        lost_count=len(ask.lost),
        why=ask.why,
    )
    return _point(go, second or by, "rules.went_live")


def _point(go: Activation, actor: Member, verb: str) -> Activation:
    # What judges for everybody has no shadow any more.
    Shadow.objects.filter(version=go.version, ended_at=None).update(ended_at=timezone.now())
    Live.objects.update_or_create(pk=1, defaults={"activation": go, "version": go.version})
    words = {"number": go.version.number, "name": go.version.name, "why": go.why, "lost": go.lost_count}
    record(actor=actor, verb=verb, subject=go.version, **words)
    transaction.on_commit(serving.forget)
    return go
