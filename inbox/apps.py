"""The inbox's registration."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The unified inbox and its console."""

    name = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
