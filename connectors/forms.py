"""What is typed about teams and accounts."""

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

    def __init__(
        self, *args: object, setup: Setup, known: dict[str, str] | None = None, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.setup = setup
        for one in setup.fields:
            self.fields[one.name] = make_field(one, known)

    def read(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return plain settings and secrets, after is_valid(); secrets left empty are not among them."""
        plain, secret = {}, {}
        for one in self.setup.fields:
            value = self.cleaned_data[one.name]
            text = ("yes" if value else "") if isinstance(value, bool) else str(value or "").strip()
            if not one.secret:
                plain[one.name] = text
            elif text:
                secret[one.name] = text
        return plain, secret


def make_field(one: SetupField, known: dict[str, str] | None) -> forms.Field:
    """Return the form's field; `known` holds the plain settings of an account that exists."""
    initial = (known or {}).get(one.name, one.initial)
    required = one.required and not (one.secret and known is not None)
    words = {"label": one.label, "help_text": one.help, "required": required}
    if one.secret:
        if known is not None:
            words["help_text"] = f"{one.help} Leave it empty to keep the stored one.".strip()
        hidden = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False)
        return forms.CharField(widget=hidden, max_length=10_000, strip=True, **words)
    if one.kind == "choice":
        return forms.ChoiceField(choices=list(one.choices), initial=initial, **words)
    if one.kind == "flag":
        return forms.BooleanField(initial=bool(initial), **{**words, "required": False})
    if one.kind == "number":
        return forms.IntegerField(initial=initial or None, min_value=0, **words)
    return forms.CharField(initial=initial, max_length=1000, **words)
