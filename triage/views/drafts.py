"""One draft: what it changes, and what can be done with it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from staff.guards import acting, only_for
from staff.permissions import can_change_rules
from triage.forms import TryForm
from triage.models import Change, Draft, Replay, Version
from triage.queries.editions import list_changes, load_pack
from triage.rules.edition import BANDS, write_bands
from triage.rules.model import Pack
from triage.rules.write import write_rule
from triage.services.drafts import discard_draft, publish
from triage.services.golive import go_live
from triage.views.asking import find_draft, perform


@dataclass(frozen=True)
class Line:
    """One line of a rule: kept, taken away or added."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Changed:
    """One rule that a draft or version changes, line by line."""

    rule: str
    title: str
    what: str
    lines: list[Line]
    change: Change | None = None


@require_GET
@only_for(can_change_rules)
def show_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show what the draft changes, line by line, with who and why."""
    draft = find_draft(draft_id)
    context = {
        "draft": draft,
        "changed": describe_draft(draft),
        "history": draft.changes.select_related("author")[:100],
        "replays": Replay.objects.filter(draft=draft).defer("upload", "changes")[:5],
        "form": TryForm(),
    }
    return render(request, "triage/draft.html", context)


@require_POST
@only_for(can_change_rules)
def publish_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Make the draft a version; with `live` also let it judge."""
    draft = find_draft(draft_id)
    done: list[Version] = []

    def deed() -> None:
        done.append(publish(actor=acting(request), draft_id=draft.pk))
        if "live" in request.POST:
            go_live(
                actor=acting(request), version_id=done[0].pk, why=request.POST.get("why", "") or draft.name
            )

    said = "The version is live." if "live" in request.POST else "It is a version now and judges nothing yet."
    answer = perform(request, deed, said, "rules-draft", draft_id=draft.pk)
    return redirect("version", number=done[0].number) if done else answer


@require_POST
@only_for(can_change_rules)
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """End the draft without publishing."""
    draft = find_draft(draft_id)

    def deed() -> None:
        discard_draft(actor=acting(request), draft_id=draft.pk)

    return perform(request, deed, f"The draft “{draft.name}” is discarded.", "versions")


def describe_draft(draft: Draft) -> list[Changed]:
    """Return what the draft changes over its parent."""
    before = load_pack(draft.parent)
    changes = list_changes(draft)
    return [describe(before, rule, change.text, change) for rule, change in changes.items()]


def describe_version(version: Version) -> list[Changed]:
    """Return what a version changes over the version that it was drafted from."""
    if version.parent is None:
        return []
    before, old = load_pack(version.parent), version.parent.changes
    fresh = {rule: text for rule, text in version.changes.items() if old.get(rule, "") != text}
    return [describe(before, rule, text, None) for rule, text in fresh.items()]


def describe(before: Pack, rule: str, text: str | None, change: Change | None) -> Changed:
    """Return one change: its title, what is done in a word, and its lines."""
    was = next((one for one in before.rules if one.id == rule), None)
    old = write_rule(was).splitlines() if was else []
    if rule == BANDS:
        old = write_bands(before.bands).splitlines()
    new = (text or "").splitlines()
    heading = (new or old or [rule])[0]
    title = "The thresholds" if rule == BANDS else heading.partition("] ")[2] or rule
    what = "changed" if old and new else "added" if new else "taken away"
    kept = [Line(line, "" if line in old else "added") for line in new]
    gone = [Line(line, "gone") for line in old if line not in new]
    return Changed(rule, title, what, gone + [line for line in kept if line.kind], change)
