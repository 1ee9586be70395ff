"""`make reset`: empty the demo, so that the next start begins anew."""

import os
import shutil
import sys

from desk.local.found import data_dir
from desk.local.single import AlreadyRunning, only_one


def main() -> int:
    """Remove everything that the demo wrote; refuse while it runs."""
    if os.environ.get("DATABASE_URL"):
        print("DATABASE_URL is set: that database is yours to empty. Nothing was changed.", file=sys.stderr)
        return 1
    try:
        with only_one():
            for path in data_dir().iterdir():
                if path.name != "run":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
    except AlreadyRunning as problem:
        print(problem, file=sys.stderr)
        return 1
    print("The demo is empty. `make run` starts it anew.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
