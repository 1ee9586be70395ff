"""What supervisors type: texts to try, rules, reasons."""

from typing import Any

from django import forms

from triage.rules.model import Rule, RuleError
from triage.rules.write import read_rule, write_rule
from triage.verdict import Level

_GAPS = {"3": "..", "8": "..."}
_LINES = ("say", "hit", "miss")
_LISTS = ("needs", "unless", "spared", "tags")
_WORDS = ("category", "owner", "language", "pattern", "why")
# The form has a field for each of these; whatever else a rule says stands under "Further lines".
_KNOWN = frozenset({*_LINES, *_LISTS, *_WORDS, "weight", "floor", "firm"})


def lines_of(rows: int) -> forms.Textarea:
    """Return a box of that many lines."""
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


class TryForm(forms.Form):
    """Any text, as a member of the public might write it."""

    text = forms.CharField(
        label="Any text", max_length=10_000, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    why = forms.CharField(max_length=500, label="Why")


class RuleForm(forms.Form):
    """A rule in fields. `read_text` gives the rule's lines, `fill` a form's start from a rule."""

    rule_id = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$",
        max_length=80,
        label="Short name",
        help_text="Category, full stop, a word: property.just. Never changes.",
        error_messages={"invalid": "Small letters, digits and hyphens with a full stop between, please."},
    )
    title = forms.CharField(max_length=160, label="Title, as staff read it beside the words")
    say = forms.CharField(
        required=False,
        widget=lines_of(6),
        label="Phrases",
        help_text="One way to say it a line. a|b either; .. up to three words between, ... up to eight; "
        "(a) may be missing.",
    )
    near_first = forms.CharField(required=False, max_length=1000, label="Any of these words")
    near_second = forms.CharField(required=False, max_length=1000, label="near any of these")
    near_gap = forms.ChoiceField(
        choices=[("3", "at most 3 words between"), ("8", "at most 8 words between")],
        required=False,
        label="How near",
    )
    near_order = forms.ChoiceField(
        choices=[("after", "the second after the first"), ("either", "in either order")],
        required=False,
        label="In which order",
    )
    pattern = forms.CharField(
        required=False,
        max_length=2000,
        label="Or a pattern",
        help_text="An expression in RE2's words instead of phrases, at most 500 characters.",
    )
    needs = forms.CharField(
        required=False,
        widget=lines_of(2),
        label="Only where the message also says",
        help_text="Commas.",
    )
    unless = forms.CharField(required=False, widget=lines_of(2), label="Never where the message says")
    spared = forms.CharField(required=False, widget=lines_of(2), label="Not in a sentence with")
    weight = forms.DecimalField(
        min_value=-20,
        max_value=20,
        label="Points",
        widget=forms.NumberInput(attrs={"step": "0.25"}),
        help_text="Quarter points; below zero lowers.",
    )
    floor = forms.ChoiceField(
        required=False,
        choices=[("", "no floor"), ("urgent", "urgent"), ("critical", "critical")],
        label="Never lower than",
    )
    firm = forms.BooleanField(required=False, label="Firm: nothing weakens it")
    category = forms.CharField(max_length=80, label="Category")
    tags = forms.CharField(required=False, max_length=300, label="Tags", help_text="Commas between.")
    language = forms.CharField(max_length=8, label="Language", initial="en")
    owner = forms.CharField(required=False, max_length=80, label="Owner")
    hit = forms.CharField(widget=lines_of(4), label="Must hit", help_text="One example a line.")
    miss = forms.CharField(widget=lines_of(4), label="Must not hit", help_text="One example a line.")
    why = forms.CharField(required=False, max_length=500, label="What the rule is for")
    further = forms.CharField(
        required=False,
        widget=lines_of(2),
        label="Further lines",
        help_text="means, least, factor, scope: see the manual. One a line.",
    )
    reason = forms.CharField(max_length=500, label="Why you change it", help_text="Kept in the history.")

    def read_text(self) -> str:
        """Return the rule's lines as far as they are filled in, whether the rest is right or not."""
        got = {name: str(self.data.get(name) or "").replace("\r", "") for name in self.fields}
        lines = [f"[{flat(got['rule_id'])}] {flat(got['title']) or 'No title yet'}"]
        lines += [f"{name}: {flat(got[name])}" for name in _WORDS if got[name].strip()]
        lines += [f"{name}: {flat(got[name])}" for name in ("weight", "floor") if got[name].strip()]
        lines += [f"{name}: {flat(got[name])}" for name in _LISTS if got[name].strip()]
        lines += ["firm: yes"] if got["firm"] else []
        for name in _LINES:
            lines += [f"{name}: {line.strip()}" for line in got[name].split("\n") if line.strip()]
        lines += [f"say: {phrase}" for phrase in self._near(got)]
        lines += [line.strip() for line in got["further"].split("\n") if line.strip()]
        return "\n".join(lines) + "\n"

    def clean(self) -> dict[str, Any]:
        """Say in a sentence what makes the rule useless."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                cleaned["text"] = write_rule(read_rule(self.read_text()))
            except RuleError as error:
                from triage.queries.check import tell

                raise forms.ValidationError(tell(error)) from None
        return cleaned

    def _near(self, got: dict[str, str]) -> list[str]:
        first, second = choice(got["near_first"]), choice(got["near_second"])
        if not first or not second:
            return []
        gap = _GAPS.get(got["near_gap"], "..")
        both = got["near_order"] == "either"
        return [f"{first} {gap} {second}"] + ([f"{second} {gap} {first}"] if both else [])

    @classmethod
    def fill(cls, rule: Rule) -> dict[str, Any]:
        """Return what the form starts with for this rule."""
        start: dict[str, Any] = {name: getattr(rule, name) for name in _WORDS}
        start |= {name: "\n".join(getattr(rule, name)) for name in _LINES}
        start |= {name: ", ".join(getattr(rule, name)) for name in _LISTS}
        lines = write_rule(rule).splitlines()[1:]
        further = "\n".join(line for line in lines if line.partition(":")[0] not in _KNOWN)
        floor = rule.floor.word if isinstance(rule.floor, Level) else ""
        return {
            **start,
            "rule_id": rule.id,
            "title": rule.title,
            "weight": f"{rule.weight:g}",
            "floor": floor,
            "firm": rule.firm,
            "further": further,
        }


def flat(text: str) -> str:
    """Return the text on one line."""
    return " ".join(text.split())


def choice(words: str) -> str:
    """Return words with commas between as one choice of a phrase."""
    parts = (part.split() for part in words.split(","))
    return "|".join("_".join(part) for part in parts if part)
