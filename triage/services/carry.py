"""Lay the desk's own changes over rules that came with a newer product."""

from django.db import transaction

from audit.services import record
from staff.models import Member
from triage.errors import TriageError
from triage.models import Change, Draft
from triage.queries.editions import need_live
from triage.services.drafts import begin_draft
from triage.services.shipped import take_in_shipped
from triage.services.steps import demand


@transaction.atomic
def carry_over(*, actor: Member) -> Draft:
    """A draft over the newest shipped rules with every change of the live version.

    TriageError when the live version has no changes of its own, or stands on the newest already.
    """
    demand(actor)
    shipped, live = take_in_shipped(), need_live()
    if not live.changes or live.base_id == shipped.base_id:
        raise TriageError("The live version stands on the newest shipped rules. Nothing was changed.")
    name = f"Version {live.number} over the new rules"
    draft = begin_draft(actor=actor, name=name, parent=shipped)
    why = f"Carried over from version {live.number}."
    carried = [
        Change(draft=draft, rule=rule, text=text, author=actor, why=why)
        for rule, text in live.changes.items()
    ]
    Change.objects.bulk_create(carried)
    record(actor=actor, verb="rules.carried_over", subject=draft, version=live.number, rules=len(carried))
    return draft
