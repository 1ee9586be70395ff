"""What a supervisor types to see how the rules judge it."""

from django import forms


class TryForm(forms.Form):
    """Any text, as a member of the public might write it."""

    text = forms.CharField(
        label="Any text", max_length=10_000, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
