"""Print what the desk reads in a mail, one JSON line a file."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from connectors.email.letter import NOBODY, Bounce, Letter
from connectors.email.limited import CannotRead, read_limited


class Command(BaseCommand):
    """`inspect_mail FILE…` reads each file as one mail (`-` is standard input), as the desk does."""

    help = "Read mails from files and print what the desk sees in each, one JSON line a mail."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files' names."""
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for every file, also for one that cannot be read."""
        spoken = (getattr(self.stdout, "encoding", None) or "utf-8").lower()
        for name in options["files"]:
            self.stdout.write(json.dumps(inspect(name), ensure_ascii=not spoken.startswith("utf")))


def inspect(name: str) -> dict[str, Any]:
    """Return what stands in the mail, or empty fields and the problem."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return describe(name, read_limited(raw))
    except OSError as error:
        return describe(name, Letter(problems=(f"The file cannot be opened: {error.strerror}.",)))
    except CannotRead as error:
        return describe(name, Letter(sender=NOBODY, problems=(str(error),)))


def describe(name: str, letter: Letter) -> dict[str, Any]:
    """Return a mail's facts in the documented order. Lone halves of a character pair become U+FFFD."""
    facts = {
        "file": name,
        "from_name": letter.sender.name,
        "from_address": letter.sender.address,
        "to": [one.address for one in letter.to],
        "cc": [one.address for one in letter.cc],
        "subject": letter.subject,
        "date": letter.date or None,
        "message_id": letter.message_id,
        "in_reply_to": letter.in_reply_to[0] if letter.in_reply_to else "",
        "references": list(letter.references),
        "text": letter.text,
        "reply_text": letter.reply_text,
        "attachments": [
            {"name": one.name, "type": one.kind, "size": len(one.content)} for one in letter.enclosures
        ],
        "automatic": bool(letter.automatic),
        "bounce": describe_bounce(letter.bounce),
        "problems": list(letter.problems),
    }
    whole: dict[str, Any] = json.loads(json.dumps(facts, ensure_ascii=False).encode("utf-8", "replace"))
    return whole


def describe_bounce(bounce: Bounce | None) -> dict[str, Any] | None:
    """Return the first address that was not reached with its status, and all of them."""
    if bounce is None:
        return None
    everyone = [
        {"recipient": one.recipient, "status": one.status, "action": one.action, "reason": one.reason}
        for one in bounce.recipients
    ]
    return {
        **everyone[0],
        "permanent": bounce.permanent,
        "message_id": bounce.message_id,
        "recipients": everyone,
    }
