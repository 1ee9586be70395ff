"""How a row is named in the trail."""

from django.db.models import Model

Subject = Model | tuple[str, int | None] | None


def identify(subject: Subject) -> tuple[str, int | None]:
    """Return the kind and id under which a subject stands in the trail."""
    if subject is None:
        return "", None
    if isinstance(subject, Model):
        return str(subject._meta.model_name), subject.pk
    return subject
