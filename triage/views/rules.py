"""The rules as people read them, and a place to try any text on them."""

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from staff.guards import only_for
from staff.permissions import can_see_rules
from triage.facts import Facts
from triage.forms import TryForm
from triage.live import assess, pack
from triage.rules.model import Pack, Rule
from triage.verdict import Verdict


@dataclass(frozen=True)
class Category:
    """The rules of one category, heaviest first."""

    name: str
    rules: list[Rule]


@dataclass(frozen=True)
class Piece:
    """A stretch of the tried text; `why` is the reason's title where a rule speaks on it."""

    text: str
    why: str = ""


def group_rules(live: Pack, words: str) -> list[Category]:
    """Return the rules by category; with `words`, only those in which all of them occur."""
    wanted = words.casefold().split()
    found = [rule for rule in live.rules if all(word in describe(rule) for word in wanted)]
    ordered = sorted(found, key=lambda rule: (rule.category, -rule.weight, rule.id))
    return [Category(name, list(rules)) for name, rules in groupby(ordered, key=lambda rule: rule.category)]


def describe(rule: Rule) -> str:
    """Return everything that is searched in a rule."""
    return " ".join([rule.id, rule.title, rule.category, *rule.say, *rule.tags, rule.language]).casefold()


def cut_text(text: str, verdict: Verdict) -> list[Piece]:
    """Return the text in pieces, so that what the rules speak on can be underlined."""
    spans = sorted({reason.span: reason.title for reason in verdict.reasons if reason.span}.items())
    pieces, position = [], 0
    for (start, end), title in spans:
        if start < position:
            continue
        pieces += [Piece(text[position:start]), Piece(text[start:end], title)]
        position = end
    return [piece for piece in [*pieces, Piece(text[position:])] if piece.text]


@require_http_methods(["GET", "POST"])
@only_for(can_see_rules)
def show_rules(request: HttpRequest) -> HttpResponse:
    """List the live rules; on POST also judge the text that was typed (nothing is stored)."""
    form = TryForm(request.POST or None)
    verdict, pieces = None, []
    if form.is_valid():
        verdict = assess(Facts(text=form.cleaned_data["text"]))
        pieces = cut_text(form.cleaned_data["text"], verdict)
    live = pack()
    words = request.GET.get("q", "")[:200]
    context = {
        "form": form,
        "verdict": verdict,
        "pieces": pieces,
        "categories": group_rules(live, words),
        "total": len(live.rules),
        "version": live.version,
        "bands": live.bands,
        "words": words,
    }
    return render(request, "triage/rules.html", context)


@require_GET
@only_for(can_see_rules)
def show_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show one rule with its examples and the note why it is there."""
    rule = next((rule for rule in pack().rules if rule.id == rule_id), None)
    if rule is None:
        raise Http404
    return render(request, "triage/rule.html", {"rule": rule, "version": pack().version})
