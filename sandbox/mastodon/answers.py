"""What the desk answered on Mastodon."""

from typing import Any

from sandbox.mastodon.people import MastodonTown
from sandbox.mastodon.schema import Status
from sandbox.sites import Answer, Answers


def replies(town: MastodonTown, identity: str) -> Answers | None:
    """The force's answers to one status; None when there is no such status."""
    status = town.statuses.get(identity)
    if status is None:
        return None
    answers = ours(town, status)
    return {
        "public": [_told(town, one) for one in answers if one.visibility != "direct"],
        "private": [_told(town, one) for one in answers if one.visibility == "direct"],
    }


def answer_to(town: MastodonTown, identity: str) -> Answer | None:
    """The force's newest answer to one status."""
    status = town.statuses.get(identity)
    answers = [] if status is None else ours(town, status)
    return Answer(str(answers[-1].id), answers[-1].visibility == "direct") if answers else None


def ours(town: MastodonTown, status: Status) -> list[Status]:
    return [one for one in town.statuses.answers_to(status.id) if town.is_force(one.author)]


def _told(town: MastodonTown, status: Status) -> dict[str, Any]:
    items = town.media.items(list(status.media))
    return {
        "id": str(status.id),
        "text": status.text,
        "at": status.created_at.isoformat(),
        "by": town.name_of(status.author),
        "files": [{"name": one.name, "alternative": one.alt_text, "size": one.size} for one in items],
    }
