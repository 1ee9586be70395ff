"""Let a version judge every new message beside the live one, for a list that only supervisors read."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from staff.models import Member
from triage.engine import Engine
from triage.errors import TriageError
from triage.history import Past, desk_history
from triage.models import Shadow, ShadowVerdict, Version
from triage.queries.editions import find_live, load_engine
from triage.rules.model import RuleError
from triage.services.steps import demand

AT_ONCE = 500
SECONDS = 3.0
# A message may become visible later than one with a higher number: only what is older is surely all there.
SETTLED = timedelta(seconds=60)
log = logging.getLogger(__name__)


def begin_shadow(*, actor: Member, version_id: int) -> Shadow:
    """Put a published version into the shadow. TriageError when one stands there, or it is live."""
    demand(actor)
    version = Version.objects.get(pk=version_id)
    if version == find_live():
        raise TriageError("This version is live: its shadow would say the same. Nothing was changed.")
    try:
        with transaction.atomic():
            shadow = Shadow.objects.create(version=version, began_by=actor)
            record(actor=actor, verb="rules.shadow_begun", subject=version, number=version.number)
    except IntegrityError:
        raise TriageError(
            "Another version stands in the shadow. End that first. Nothing was changed."
        ) from None
    return shadow


@transaction.atomic
def end_shadow(*, actor: Member) -> None:
    """Take the version out of the shadow; its list stays."""
    demand(actor)
    shadow = (
        Shadow.objects.select_for_update(of=("self",)).filter(ended_at=None).select_related("version").first()
    )
    if shadow is None:
        raise TriageError("No version stands in the shadow. Nothing was changed.")
    shadow.ended_at = timezone.now()
    shadow.save(update_fields=["ended_at"])
    record(actor=actor, verb="rules.shadow_ended", subject=shadow.version, number=shadow.version.number)


def follow_shadow(seconds: float = SECONDS) -> int:
    """Judge by the shadow what came since; returns how many messages. Never raises for a bad version."""
    shadow = Shadow.objects.filter(ended_at=None).select_related("version").first()
    if shadow is None:
        return 0
    try:
        engine = load_engine(shadow.version)
    except RuleError as error:
        Shadow.objects.filter(pk=shadow.pk).update(problem=str(error)[:300])
        return 0
    begun, judged, place = time.monotonic(), 0, shadow.cursor
    while time.monotonic() - begun < seconds:
        batch = desk_history().read(shadow.began_at, place, AT_ONCE)
        judged += _judge(shadow, engine, batch)
        if len(batch) < AT_ONCE:
            break
        place = batch[-1].message_id
    return judged


def _judge(shadow: Shadow, engine: Engine, batch: Sequence[Past]) -> int:
    ids = [past.message_id for past in batch]
    rows = ShadowVerdict.objects.filter(shadow=shadow, message_id__in=ids)
    known = set(rows.values_list("message_id", flat=True))
    fresh = [_say(shadow, engine, past) for past in batch if past.message_id not in known]
    ShadowVerdict.objects.bulk_create(fresh, ignore_conflicts=True)
    settled = [past.message_id for past in batch if past.received_at < timezone.now() - SETTLED]
    if settled:
        Shadow.objects.filter(pk=shadow.pk, cursor__lt=settled[-1]).update(cursor=settled[-1])
    return len(fresh)


def _say(shadow: Shadow, engine: Engine, past: Past) -> ShadowVerdict:
    verdict = engine.assess(past.facts)
    return ShadowVerdict(
        shadow=shadow,
        message_id=past.message_id,
        conversation_id=past.conversation_id,
        before=past.level,
        after=verdict.level,
        before_score=past.score,
        after_score=verdict.score,
    )
