#!/usr/bin/env python
"""Run one of the desk's commands; finds the embedded services of a running `make run` by itself."""

import os
import sys


def main() -> None:
    """Point Django at the desk's settings and hand over the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    from desk.local.found import adopt_running_services

    adopt_running_services()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
