"""The connectors' registration."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Accounts, polling, delivery and one folder a channel."""

    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"
