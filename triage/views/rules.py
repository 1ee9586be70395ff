"""The rules as people read them, what they did lately, and a place to try any text on them."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from staff.guards import only_for
from staff.permissions import can_change_rules, can_see_rules
from triage.facts import Facts
from triage.forms import TryForm
from triage.history import Hits, desk_history
from triage.models import Change, Draft, DraftState
from triage.presenters import Judged, group_rules, present
from triage.queries.check import draft_engine
from triage.queries.editions import list_changes, load_draft, load_engine, load_pack, need_live
from triage.rules.model import RuleError
from triage.services.shipped import take_in_shipped
from triage.views.asking import list_open_drafts

DAYS = (1, 7, 30)


@require_http_methods(["GET", "POST"])
@only_for(can_see_rules)
def show_rules(request: HttpRequest) -> HttpResponse:
    """List the rules, live or as a draft has them; on POST also judge what was typed (nothing is stored)."""
    take_in_shipped()
    draft = find_working_draft(request)
    form = TryForm(request.POST or None)
    live = need_live()
    pack = load_draft(draft) if draft else load_pack(live)
    words = request.GET.get("q", "")[:200]
    days = read_days(request)
    changes = list_changes(draft) if draft else {}
    context = {
        "form": form,
        "judged": judge_typed(form, draft),
        "categories": group_rules(pack, words, count_hits(days), changes),
        "total": len(pack.rules),
        "live": live,
        "draft": draft,
        "drafts": list_open_drafts(),
        "may_change": can_change_rules(request.user),
        "bands": pack.bands,
        "words": words,
        "days": days,
        "spans": DAYS,
    }
    name = "triage/judged.html" if request.headers.get("HX-Target") == "judged" else "triage/rules.html"
    return render(request, name, context)


@require_GET
@only_for(can_see_rules)
def show_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show one rule with its examples, what it did lately, and who changed it."""
    take_in_shipped()
    live = need_live()
    rule = next((rule for rule in load_pack(live).rules if rule.id == rule_id), None)
    if rule is None:
        raise Http404
    history = Change.objects.filter(rule=rule_id).select_related("author", "draft", "draft__version")
    context: dict[str, Any] = {
        "rule": rule,
        "live": live,
        "found": count_hits(30).get(rule_id, Hits(0, 0, 0, 0)),
        "history": history[:50],
        "may_change": can_change_rules(request.user),
        "drafts": list_open_drafts(),
    }
    return render(request, "triage/rule.html", context)


def find_working_draft(request: HttpRequest) -> Draft | None:
    """Return the draft that the page is asked to show instead of the live rules; 404 when there is none."""
    given = request.POST.get("draft") or request.GET.get("draft") or ""
    if not given.isdecimal() or len(given) > 18 or not can_change_rules(request.user):
        return None
    rows = Draft.objects.filter(state=DraftState.OPEN).select_related("parent", "author")
    return get_object_or_404(rows, pk=int(given))


def judge_typed(form: TryForm, draft: Draft | None) -> list[Judged]:
    """Return what the live rules say of the typed text, and beside it the draft."""
    if not form.is_valid():
        return []
    text = form.cleaned_data["text"]
    live = need_live()
    judged = [present(f"Live, version {live.number}", text, load_engine(live).assess(Facts(text)))]
    if draft:
        try:
            judged.append(present(f"Draft: {draft.name}", text, draft_engine(draft).assess(Facts(text))))
        except RuleError:  # the draft cannot be used as it stands; its own page says why
            return judged
    return judged


def read_days(request: HttpRequest) -> int:
    """Return over how many days hits are counted."""
    given = request.GET.get("days", "")
    return int(given) if given in {str(days) for days in DAYS} else 7


def count_hits(days: int) -> dict[str, Hits]:
    """Return what every rule did in the last days; counted anew when something was said, or a minute on."""
    minute = int(timezone.now().timestamp() // 60)
    return _count_hits(days, desk_history().mark(), minute)


@lru_cache(maxsize=8)
def _count_hits(days: int, _mark: str, _minute: int) -> dict[str, Hits]:
    return desk_history().count_hits(timezone.now() - timedelta(days=days))
