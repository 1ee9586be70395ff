#!/usr/bin/env python
"""Run one of the desk's commands; finds the embedded services of a running `make run` by itself."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def enter_environment() -> None:
    """Go on inside the project's own environment when this Python has no Django."""
    inside = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if find_spec("django") is None and inside.exists() and Path(sys.prefix) != inside.parent.parent:
        os.execv(inside, [str(inside), *sys.argv])  # noqa: S606 - our own interpreter, our own arguments


def main() -> None:
    """Point Django at the desk's settings and hand over the command line."""
    enter_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    from desk.local.found import adopt_running_services

    adopt_running_services()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
