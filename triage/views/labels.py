"""What people said of messages: doubtful labels to settle, and weights fitted on the rest."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError
from redis import RedisError

from staff.guards import acting, only_for
from staff.permissions import can_change_rules
from triage import tasks
from triage.errors import TriageError
from triage.history import desk_history
from triage.models import Draft, Suggestion
from triage.queries.labels import Label, list_labels
from triage.services.learning import FEWEST, accept_suggestion, begin_suggestion, review_label
from triage.services.shipped import take_in_shipped
from triage.verdict import Level
from triage.views.asking import perform, refused

SHOWN = 30


@dataclass(frozen=True)
class Doubtful:
    """A label to settle, with the message's text."""

    label: Label
    text: str


@require_GET
@only_for(can_change_rules)
def show_labels(request: HttpRequest) -> HttpResponse:
    """Show what is in doubt, how much there is to learn from, and what was suggested last."""
    take_in_shipped()
    labels = list_labels()
    doubtful = [label for label in labels if label.is_open]
    past = desk_history().pick([label.grade.message_id for label in doubtful[:SHOWN]])
    texts = {one.message_id: one.facts.text for one in past}
    suggestion = Suggestion.objects.select_related("over", "author", "draft").first()
    context = {
        "total": len(labels),
        "usable": sum(label.level is not None for label in labels),
        "fewest": FEWEST,
        "waiting": len(doubtful),
        "doubtful": [Doubtful(one, texts.get(one.grade.message_id, "")) for one in doubtful[:SHOWN]],
        "latest": [label for label in labels if not label.is_open][:SHOWN],
        "levels": sorted(Level, reverse=True),
        "suggestion": suggestion,
        "weights": sort_weights(suggestion),
    }
    piece = request.headers.get("HX-Target") == "suggestion"
    return render(request, "triage/suggestion.html" if piece else "triage/labels.html", context)


def sort_weights(suggestion: Suggestion | None) -> list[tuple[str, dict[str, Any]]]:
    """Return the suggested weights, the largest change first."""
    found = suggestion.weights.items() if suggestion else ()
    return sorted(found, key=lambda one: (-abs(one[1]["after"] - one[1]["before"]), one[0]))


@require_POST
@only_for(can_change_rules)
def review(request: HttpRequest, grading_id: int) -> HttpResponse:
    """Settle a doubtful label."""
    given = request.POST.get("level", "")
    level = Level(int(given)) if given in {"0", "1", "2", "3"} else None

    def deed() -> None:
        review_label(actor=acting(request), grading_id=grading_id, level=level)

    said = f"Learned as {level.word}." if level is not None else "Nothing is learned from it."
    return perform(request, deed, said, "labels")


@require_POST
@only_for(can_change_rules)
def suggest(request: HttpRequest) -> HttpResponse:
    """Ask for weights fitted on the labels."""
    take_in_shipped()
    try:
        suggestion = begin_suggestion(actor=acting(request))
    except TriageError as refusal:
        return refused(request, refusal, "labels")
    with suppress(RedisError, OperationalError):  # when nobody hears it, the sweep finds it
        tasks.suggest.apply_async((suggestion.pk,))
    return redirect("labels")


@require_POST
@only_for(can_change_rules)
def accept(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Make a draft of the suggested weights."""
    get_object_or_404(Suggestion.objects.only("pk"), pk=suggestion_id)
    made: list[Draft] = []

    def deed() -> None:
        made.append(accept_suggestion(actor=acting(request), suggestion_id=suggestion_id))

    answer = perform(request, deed, "The weights stand in a draft. Replay it before anything else.", "labels")
    return redirect("rules-draft", draft_id=made[0].pk) if made else answer
