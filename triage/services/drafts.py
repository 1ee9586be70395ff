"""Write drafts: changes to rules that touch nobody until they are published and go live."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from audit.services import record
from staff.models import Member
from triage.engine import Engine
from triage.errors import MovedOn, TriageError
from triage.models import Change, Draft, DraftState, Version
from triage.queries.editions import list_changes, load_base, sum_changes
from triage.rules.edition import BANDS, lay_over
from triage.rules.model import RuleError
from triage.rules.write import read_rule
from triage.services.shipped import next_number
from triage.services.steps import check_words, demand, need_words, take_turn

LONGEST_RULE = 40_000
MOST_CHANGES = 1_000


@dataclass(frozen=True, slots=True)
class NewChange:
    """What is to become of one rule. `text` None takes it away; `seen` is the change that the form showed."""

    rule: str
    text: str | None
    why: str
    seen: int | None = None


@transaction.atomic
def begin_draft(*, actor: Member, name: str, parent: Version) -> Draft:
    """A new draft over `parent`, with a name by which people speak of it."""
    demand(actor)
    name = need_words(name, "Give the draft a name.", 120)
    draft = Draft.objects.create(name=name, parent=parent, author=actor)
    record(actor=actor, verb="rules.draft_begun", subject=draft, name=name, over=parent.number)
    return draft


@transaction.atomic
def change_rule(*, actor: Member, draft_id: int, new: NewChange) -> Change:
    """Change, add or take away one rule. TriageError with the reason when it cannot be used as written.

    Its examples are checked: what must hit has to, what must not hit may not. MovedOn when somebody
    else changed the same rule of this draft since the form was drawn.
    """
    demand(actor)
    draft = _lock(draft_id)
    why = need_words(new.why, "Say why the rule changes.")
    name = check_words(new.rule, 120)
    present = list_changes(draft)
    _ensure_unmoved(draft, new)
    if new.text is not None:
        check_words(new.text, LONGEST_RULE)
    if len(present) >= MOST_CHANGES:
        raise TriageError("This draft has 1,000 changes. Publish it and begin another.")
    _ensure_works(draft, name, new.text)
    change = Change.objects.create(draft=draft, rule=name, text=new.text, author=actor, why=why)
    verb = "rules.rule_removed" if new.text is None else "rules.rule_changed"
    record(actor=actor, verb=verb, subject=draft, rule=name, why=why, change=change.pk)
    return change


@transaction.atomic
def undo_change(*, actor: Member, draft_id: int, rule: str) -> None:
    """Leave the rule as it was before the draft; the change stays in the draft's history."""
    demand(actor)
    draft = _lock(draft_id)
    if rule not in list_changes(draft):
        raise TriageError("The draft does not change this rule. Nothing was changed.")
    _ensure_works(draft, rule, draft.parent.changes.get(rule), undo=True)
    why = "Left as it was before the draft."
    Change.objects.create(draft=draft, rule=rule, undone=True, author=actor, why=why)
    record(actor=actor, verb="rules.change_undone", subject=draft, rule=rule)


@transaction.atomic
def discard_draft(*, actor: Member, draft_id: int) -> None:
    """End a draft without publishing it; what was written in it can still be read."""
    demand(actor)
    draft = _lock(draft_id)
    draft.state, draft.ended_at = DraftState.DISCARDED, timezone.now()
    draft.save(update_fields=["state", "ended_at"])
    record(actor=actor, verb="rules.draft_discarded", subject=draft, name=draft.name)


@transaction.atomic
def publish(*, actor: Member, draft_id: int) -> Version:
    """Make the draft a numbered version, which never changes again and judges nothing yet."""
    demand(actor)
    take_turn()
    draft = _lock(draft_id)
    changes = sum_changes(draft)
    if not list_changes(draft):
        raise TriageError("The draft changes nothing yet. Nothing was published.")
    pack = _try(draft, changes)
    version = Version.objects.create(
        number=next_number(),
        name=pack.version,
        title=draft.name,
        base_id=draft.parent.base_id,
        parent=draft.parent,
        changes=changes,
        author=actor,
    )
    draft.state, draft.version, draft.ended_at = DraftState.PUBLISHED, version, timezone.now()
    draft.save(update_fields=["state", "version", "ended_at"])
    record(actor=actor, verb="rules.published", subject=version, number=version.number, name=pack.version)
    return version


def _lock(draft_id: int) -> Draft:
    draft = (
        Draft.objects.select_for_update(of=("self",), no_key=True).select_related("parent").get(pk=draft_id)
    )
    if draft.state != DraftState.OPEN:
        raise TriageError(f"The draft is {draft.get_state_display().lower()}. Nothing was changed.")
    return draft


def _ensure_unmoved(draft: Draft, new: NewChange) -> None:
    latest = Change.objects.filter(draft=draft, rule=new.rule).select_related("author").first()
    if new.seen is not None and latest is not None and latest.pk != new.seen:
        raise MovedOn(
            f"{latest.author.name} changed this rule while you were writing. Your text is kept here; theirs "
            "stands in the draft. Save again to put yours in its place."
        )


def _ensure_works(draft: Draft, name: str, text: str | None, *, undo: bool = False) -> None:
    changes = {**sum_changes(draft), name: text}
    if undo and name not in draft.parent.changes:
        del changes[name]
    engine = _try(draft, changes)
    if text is None or name == BANDS:
        return
    rule = read_rule(text)
    if not rule.hit or not rule.miss:
        raise TriageError("Give at least one example that must hit and one that must not. Nothing was saved.")
    for example in rule.hit:
        if rule.id not in engine.rules_hit(example):
            raise TriageError(f"The rule does not hit “{example}”, and it must. Nothing was saved.")
    for example in rule.miss:
        if rule.id in engine.rules_hit(example):
            raise TriageError(f"The rule hits “{example}”, and it must not. Nothing was saved.")


def _try(draft: Draft, changes: dict[str, str | None]) -> Engine:
    try:
        return Engine(lay_over(load_base(draft.parent), changes))
    except RuleError as error:
        raise TriageError(f"The rules cannot be used like this: {error}. Nothing was saved.") from None
