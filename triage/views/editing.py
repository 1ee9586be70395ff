"""Write a rule in a form, with its examples checked as one types."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from staff.guards import acting, only_for
from staff.permissions import can_change_rules
from triage.errors import MovedOn, TriageError
from triage.forms import RuleForm
from triage.models import Change, Draft
from triage.queries.check import check_rule
from triage.queries.editions import load_draft, load_pack, need_live
from triage.rules.model import Rule
from triage.services.drafts import NewChange, begin_draft, change_rule, undo_change
from triage.services.shipped import take_in_shipped
from triage.views.asking import find_draft, perform


@require_POST
@only_for(can_change_rules)
def start_editing(request: HttpRequest) -> HttpResponse:
    """Open a rule in the chosen draft, or in a new one that is named after it."""
    rule_id = request.POST.get("rule", "")[:120]
    given = request.POST.get("draft", "")
    if given.isdecimal() and len(given) < 18:
        draft = find_draft(int(given))
    else:
        take_in_shipped()
        live = need_live()
        title = next((rule.title for rule in load_pack(live).rules if rule.id == rule_id), "New rules")
        name = request.POST.get("name", "").strip() or title
        draft = begin_draft(actor=acting(request), name=name[:120], parent=live)
    if rule_id:
        return redirect("rule-edit", draft_id=draft.pk, rule_id=rule_id)
    return redirect("rules-draft", draft_id=draft.pk)


@require_http_methods(["GET", "POST"])
@only_for(can_change_rules)
def add_rule(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Write a new rule."""
    draft = find_draft(draft_id)
    start = {
        "owner": acting(request).name,
        "language": "en",
        "weight": "1",
        "say": request.GET.get("say", ""),
    }
    form = RuleForm(request.POST or None, initial=start)
    return _answer(request, draft, form, None)


@require_http_methods(["GET", "POST"])
@only_for(can_change_rules)
def edit_rule(request: HttpRequest, draft_id: int, rule_id: str) -> HttpResponse:
    """Change a rule of the draft."""
    draft = find_draft(draft_id)
    rule = next((rule for rule in load_draft(draft).rules if rule.id == rule_id), None)
    if rule is None:
        raise Http404
    form = RuleForm(request.POST or None, initial=RuleForm.fill(rule))
    form.fields["rule_id"].widget.attrs["readonly"] = True
    return _answer(request, draft, form, rule)


@require_POST
@only_for(can_change_rules)
def check(request: HttpRequest) -> HttpResponse:
    """Return what the rule does on its examples, as far as it is written (nothing is stored)."""
    take_in_shipped()
    checked = check_rule(RuleForm(request.POST).read_text(), load_pack(need_live()))
    return render(request, "triage/checked.html", {"checked": checked})


@require_POST
@only_for(can_change_rules)
def remove_rule(request: HttpRequest, draft_id: int, rule_id: str) -> HttpResponse:
    """Take a rule away in the draft."""
    draft = find_draft(draft_id)
    new = NewChange(rule_id, None, request.POST.get("why", ""))

    def deed() -> None:
        change_rule(actor=acting(request), draft_id=draft.pk, new=new)

    return perform(request, deed, "The rule is taken away in this draft.", "rules-draft", draft_id=draft.pk)


@require_POST
@only_for(can_change_rules)
def undo_rule(request: HttpRequest, draft_id: int, rule_id: str) -> HttpResponse:
    """Leave the rule as it was before the draft."""
    draft = find_draft(draft_id)

    def deed() -> None:
        undo_change(actor=acting(request), draft_id=draft.pk, rule=rule_id)

    return perform(request, deed, "The rule is as it was before.", "rules-draft", draft_id=draft.pk)


def _answer(request: HttpRequest, draft: Draft, form: RuleForm, rule: Rule | None) -> HttpResponse:
    checked, seen = None, _latest(draft, rule)
    if form.is_bound:
        checked = check_rule(form.read_text(), load_pack(draft.parent))
    if form.is_valid() and "check" not in request.POST:
        given = request.POST.get("seen", "")
        new = NewChange(
            rule=rule.id if rule else form.cleaned_data["rule_id"],
            text=form.cleaned_data["text"],
            why=form.cleaned_data["reason"],
            seen=int(given) if given.isdecimal() and len(given) < 18 else None,
        )
        try:
            _ensure_new(draft, rule, new.rule)
            change_rule(actor=acting(request), draft_id=draft.pk, new=new)
            return redirect("rules-draft", draft_id=draft.pk)
        except MovedOn as moved:
            form.add_error(None, str(moved))
        except TriageError as refusal:
            form.add_error(None, str(refusal))
            seen = int(given or 0) or seen
    context = {"draft": draft, "form": form, "rule": rule, "checked": checked, "seen": seen}
    return render(request, "triage/rule_form.html", context)


def _ensure_new(draft: Draft, rule: Rule | None, name: str) -> None:
    if rule is None and any(one.id == name for one in load_draft(draft).rules):
        raise TriageError(f"There is a rule called {name} already. Choose another short name.")


def _latest(draft: Draft, rule: Rule | None) -> int | None:
    if rule is None:
        return None
    found = Change.objects.filter(draft=draft, rule=rule.id).values_list("pk", flat=True).first()
    return found or 0
