"""What is typed about teams and accounts."""

from typing import Any

from django import forms

from connectors.contract import Setup, SetupField
from connectors.teams import TeamCard


class TeamForm(forms.Form):
    """A team or an outside body."""

    name = forms.CharField(max_length=120, label="Name")
    is_outside = forms.BooleanField(required=False, label="An outside body, such as the ambulance service")
    email = forms.EmailField(
        required=False, label="E-mail", help_text="Told at once, and again until they acknowledge."
    )
    web_hook = forms.URLField(
        required=False,
        max_length=500,
        label="Web hook",
        assume_scheme="https",
        help_text="An address of their system. Each call is signed with the team's own secret.",
    )
    is_active = forms.BooleanField(
        required=False, initial=True, label="Conversations can be escalated to them"
    )

    def read(self) -> TeamCard:
        """Return what was typed, after is_valid()."""
        return TeamCard(**{**self.cleaned_data, "web_hook": self.cleaned_data["web_hook"] or ""})


class AccountForm(forms.Form):
    """One channel's guided set-up, made from its connector's own fields. Secrets are never shown again."""

    def __init__(self, *args: Any, setup: Setup, known: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is None:
            self.fields["account_name"] = forms.CharField(
                max_length=120, label="What the desk shall call it", help_text="As operators see it."
            )
        for one in setup.fields:
            if not one.hidden:
                self.fields[one.name] = make_field(one, known or {})
                if one.when:
                    self.fields[one.name].widget.attrs["data-when"] = one.when
                    setattr(self.fields[one.name], "is_conditional", True)  # noqa: B010 - for the template


def make_field(one: SetupField, known: dict[str, Any]) -> forms.Field:
    """Return the form's field; `known` holds the plain settings of an account that exists."""
    initial = known.get(one.name, one.initial)
    words: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": one.required}
    if one.kind == "lines":
        lines = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
        return forms.CharField(
            widget=lines, initial="" if one.secret else initial, max_length=10_000, **words
        )
    if one.secret:
        hidden = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False)
        return forms.CharField(widget=hidden, max_length=10_000, **words)
    if one.kind == "choice":
        return forms.ChoiceField(choices=list(one.choices), initial=initial, **words)
    if one.kind == "flag":
        return forms.BooleanField(initial=bool(initial), **{**words, "required": False})
    if one.kind == "number":
        return forms.IntegerField(initial=initial or None, min_value=0, **words)
    return forms.CharField(initial=initial, max_length=1000, **words)
