"""What is typed about staff."""

from django import forms

from staff.models import Role
from staff.services import NewMember


class MemberForm(forms.Form):
    """A member as the admin describes them."""

    username = forms.CharField(
        max_length=60, label="Sign-in name", help_text="Letters, digits, dots and hyphens. Never changes."
    )
    name = forms.CharField(max_length=120, label="Name as colleagues see it")
    role = forms.ChoiceField(choices=Role.choices, label="Role")
    email = forms.EmailField(required=False, label="E-mail")
    skills = forms.CharField(
        required=False,
        max_length=300,
        label="Skills",
        help_text="Separated by commas, such as: crime reports, Punjabi.",
    )
    in_training = forms.BooleanField(required=False, label="In training")

    def read(self) -> NewMember:
        """Return what was typed, after is_valid()."""
        clean = self.cleaned_data
        skills = tuple(part.strip() for part in clean["skills"].split(",") if part.strip())
        return NewMember(
            username=clean["username"],
            name=clean["name"],
            role=clean["role"],
            email=clean["email"],
            skills=skills[:12],
            in_training=clean["in_training"],
        )


class PasswordForm(forms.Form):
    """A change of one's own password."""

    old = forms.CharField(
        label="Present password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        help_text="At least 12 characters. A few words together are easier to keep than odd signs.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
