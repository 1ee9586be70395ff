"""The composition root's registration (its commands are found through it)."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Whole-product commands."""

    name = "desk"

    def ready(self) -> None:
        """Make the worker's application the current one wherever Django runs, so that tasks find
        the broker, and register the guard against demo sign-ins.
        """
        from desk import celery, demo_guard  # noqa: F401
