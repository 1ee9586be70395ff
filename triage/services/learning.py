"""Learn from what people said: settle doubtful labels, fit weights on the rest, make a draft of them."""

import logging
import time
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from staff.models import Member
from triage.errors import TriageError
from triage.models import Change, Draft, LabelReview, Suggestion, SuggestionState
from triage.queries.editions import load_pack, need_live
from triage.queries.labels import learn_from, list_labels
from triage.rules.write import write_rule
from triage.services.drafts import begin_draft
from triage.services.shipped import take_in_shipped
from triage.services.steps import demand
from triage.suggest import suggest_phrases, suggest_weights
from triage.verdict import Level

FEWEST = 20
log = logging.getLogger(__name__)


@transaction.atomic
def review_label(*, actor: Member, grading_id: int, level: Level | None) -> LabelReview:
    """Say what is learned from a doubtful label; None: nothing. TriageError when it is not in doubt."""
    demand(actor)
    label = next((one for one in list_labels() if one.grade.grading_id == grading_id), None)
    if label is None or not label.is_open:
        raise TriageError("This label is not in doubt any more. Nothing was changed.")
    row = LabelReview.objects.create(
        grading_id=grading_id, message_id=label.grade.message_id, level=level, author=actor
    )
    word = "nothing" if level is None else level.word
    record(actor=actor, verb="rules.label_reviewed", subject=row, grading=grading_id, learned=word)
    return row


@transaction.atomic
def begin_suggestion(*, actor: Member) -> Suggestion:
    """Ask for weights fitted on the desk's labels; a worker fits them."""
    demand(actor)
    if Suggestion.objects.filter(state=SuggestionState.RUNNING).exists():
        raise TriageError("Weights are being fitted already. Wait for them.")
    take_in_shipped()
    suggestion = Suggestion.objects.create(over=need_live(), author=actor)
    record(actor=actor, verb="rules.weights_asked", subject=suggestion)
    return suggestion


def list_unfitted() -> list[int]:
    """The suggestions that wait for a worker."""
    rows = Suggestion.objects.filter(state=SuggestionState.RUNNING)
    return list(rows.values_list("pk", flat=True)[:2])


def fit_suggestion(suggestion_id: int) -> None:
    """Fit, and store what came of it. Does nothing when it was fitted already."""
    suggestion = Suggestion.objects.select_related("over").get(pk=suggestion_id)
    if suggestion.state != SuggestionState.RUNNING:
        return
    begun = time.monotonic()
    try:
        rows, counts = learn_from()
        if len(rows) < FEWEST:
            raise TriageError(f"There are {len(rows)} labels to learn from; {FEWEST} are the fewest.")
        pack = load_pack(suggestion.over)
        weights = {
            one.rule: {name: value for name, value in asdict(one).items() if name != "rule"}
            for one in suggest_weights(pack, rows, counts)
        }
        phrases = [asdict(one) for one in suggest_phrases(pack, rows)]
        found: dict[str, Any] = {"weights": weights, "phrases": phrases, "labels": len(rows)}
        found["state"] = SuggestionState.FINISHED
    except TriageError as problem:
        found = {"state": SuggestionState.FAILED, "problem": str(problem)}
    except Exception as error:
        log.exception("Weights could not be fitted.")
        found = {
            "state": SuggestionState.FAILED,
            "problem": f"It stopped by an error ({type(error).__name__}).",
        }
    found["seconds"] = time.monotonic() - begun
    Suggestion.objects.filter(pk=suggestion_id, state=SuggestionState.RUNNING).update(**found)


@transaction.atomic
def accept_suggestion(*, actor: Member, suggestion_id: int) -> Draft:
    """A draft with the suggested weights, to be replayed like any other. TriageError when there are none."""
    demand(actor)
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("over")
    suggestion = rows.get(pk=suggestion_id)
    if suggestion.draft_id is not None or not suggestion.weights:
        raise TriageError("There is nothing to accept, or it was accepted already. Nothing was changed.")
    name = f"Suggested weights, {timezone.localtime():%d %B %H:%M}"
    draft = begin_draft(actor=actor, name=name, parent=suggestion.over)
    rules = {rule.id: rule for rule in load_pack(suggestion.over).rules}
    changes = [
        Change(
            draft=draft,
            rule=rule,
            text=write_rule(replace(rules[rule], weight=found["after"])),
            author=actor,
            why=f"Fitted: it spoke on {found['spoke']} labelled messages, {found['urgent']} of them urgent.",
        )
        for rule, found in suggestion.weights.items()
        if rule in rules
    ]
    Change.objects.bulk_create(changes)
    suggestion.draft = draft
    suggestion.save(update_fields=["draft"])
    record(actor=actor, verb="rules.weights_accepted", subject=draft, weights=len(changes))
    return draft
