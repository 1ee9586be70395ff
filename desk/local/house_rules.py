"""Rules of the house that no ready-made linter knows: file lengths, words, paths and hosts."""

import re
import subprocess
import sys
from pathlib import Path

from desk.local.found import BASE_DIR
from desk.local.outbound import find_bypasses

MOST_LINES, MOST_LINES_OF_TESTS = 300, 450
# E-mail is a channel too, and an ordinary word.
ORDINARY = {"email"}
ELSEWHERE = re.compile(
    r"p[y]pi\.org|python[h]osted|registry\.npm[j]s|deb\.debia[n]|(?<![\w.])/(?:w[o]rk|home/\w+|root)/"
)
NO_SIGNALS = re.compile(r"django\.db\.models\.signals|django\.dispatch|@receiver\b")


def list_files() -> list[Path]:
    """Return the files that belong to the project, as git sees them."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return [BASE_DIR / line for line in done.stdout.splitlines() if (BASE_DIR / line).is_file()]


def list_channels() -> list[str]:
    """Return the words of the channels, which are the folders that hold a connector."""
    folders = {path.parent.name for path in (BASE_DIR / "connectors").glob("*/connector.py")}
    return sorted(folders - ORDINARY)


CHANNEL_WORDS = re.compile("|".join(list_channels()), re.IGNORECASE)
OF_A_CHANNEL = re.compile(r"^\s*(?:from|import) connectors\.(\w+)", re.MULTILINE)


def find_breaches(path: Path) -> list[str]:
    """Return what is wrong with one file, a sentence each."""
    name = path.relative_to(BASE_DIR).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    breaches = []
    lines = text.count("\n")
    most = MOST_LINES_OF_TESTS if name.startswith("tests/") else MOST_LINES
    if name.endswith(".py") and "/migrations/" not in name and lines > most:
        breaches.append(f"{name}: {lines} lines, {most} is the most")
    # The packs quote the public, who name whatever they like.
    rooms = ("inbox/", "triage/", "templates/inbox/")
    if name.startswith(rooms) and not name.startswith("triage/packs/") and CHANNEL_WORDS.search(text):
        breaches.append(f"{name}: names a channel where only capabilities may speak")
    if name.endswith(".py"):
        breaches += find_neighbours(name, text)
    if ELSEWHERE.search(text):
        breaches.append(f"{name}: names a package registry or a path of one machine")
    if name.endswith(".py") and NO_SIGNALS.search(text) and name != "desk/local/house_rules.py":
        breaches.append(f"{name}: uses signals")
    return breaches + find_bypasses(name, text)


def find_neighbours(name: str, text: str) -> list[str]:
    """Return where one channel's folder imports another's, listed in the linter or not."""
    channels = {*list_channels(), *ORDINARY}
    room, _, rest = name.removeprefix("connectors/").partition("/")
    if not name.startswith("connectors/") or not rest or room not in channels:
        return []
    others = sorted((channels - {room}).intersection(OF_A_CHANNEL.findall(text)))
    return [f"{name}: imports the channel {other}" for other in others]


def main() -> int:
    """Print every breach; return 1 when there is one."""
    breaches = [breach for path in list_files() for breach in find_breaches(path)]
    print("\n".join(breaches))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
