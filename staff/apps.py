"""The staff room's registration."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Members of staff, their roles and their presence."""

    name = "staff"
    default_auto_field = "django.db.models.BigAutoField"
