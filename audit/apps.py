"""The trail's registration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only trail."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
