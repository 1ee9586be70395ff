"""`make run`: start everything on this machine, say where it is, and end it all on Ctrl-C."""

import sys

from desk.local.demo import Demo
from desk.local.ports import PortTaken
from desk.local.postgres import PostgresMissing
from desk.local.single import AlreadyRunning, only_one
from desk.local.valkey import RedisMissing


def main() -> int:
    """Run the demo until it is told to stop; return the exit status."""
    demo = Demo()
    try:
        with only_one():
            demo.check_ports()
            try:
                demo.start()
                demo.watch()
            finally:
                demo.stop()
    except (AlreadyRunning, PortTaken, PostgresMissing, RedisMissing) as problem:
        print(problem, file=sys.stderr)
        return 1
    except RuntimeError as problem:
        print(f"The demo could not start: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before it was ready. Nothing is left running.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
