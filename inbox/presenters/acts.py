"""What can be done to a message besides answering it, as buttons with what became of the last press."""

from dataclasses import dataclass
from datetime import datetime

from inbox.enums import ActKind, ActState
from inbox.models import Act, Message

# To do it, to take it back, how it stands once done.
WORDS = {
    ActKind.HIDE: ("Hide it from readers", "Show it again", "Hidden from readers"),
    ActKind.LIKE: ("Like it", "Take the like back", "Liked"),
}


@dataclass(frozen=True)
class ActButton:
    """One button; `said` is how things stand, `problem` why the last press came to nothing."""

    kind: str
    undo: bool
    label: str
    said: str = ""
    problem: str = ""
    refusal: str = ""
    under_way: bool = False


def list_acts(message: Message) -> list[ActButton]:
    """Return the buttons of a message whose acts were loaded with it, newest first."""
    if message.deleted_at is not None:
        return []
    rows = list(message.acts.all())
    told_at = str(message.terms.get("acts_at") or "")
    offered = [one for one in message.terms.get("acts", ()) if one.get("kind") in ActKind.values]
    return [
        make_button(
            one, [row for row in rows if row.kind == one["kind"] and not is_outdated(row, one, told_at)]
        )
        for one in offered
    ]


def is_outdated(row: Act, offered: dict[str, object], told_at: str) -> bool:
    """Say whether the channel has told since then that things stand otherwise than this press left them."""
    if not told_at or row.settled_at is None or bool(offered.get("done")) != row.undo:
        return False
    return row.settled_at < datetime.fromisoformat(told_at)


def make_button(offered: dict[str, object], rows: list[Act]) -> ActButton:
    """Return one button by what the channel said and what was pressed since."""
    kind = ActKind(str(offered["kind"]))
    settled = next((row for row in rows if row.state == ActState.DONE), None)
    stands = not settled.undo if settled else bool(offered.get("done"))
    do, take_back, done = WORDS[kind]
    newest = rows[0] if rows else None
    said = done if stands else ""
    if stands and settled:
        said = f"{done} by {settled.author.name}"
    return ActButton(
        kind=kind.value,
        undo=stands,
        label=take_back if stands else do,
        said=said,
        problem=newest.error_text if newest and newest.state == ActState.FAILED else "",
        refusal=str(offered.get("refusal") or ""),
        under_way=bool(newest and newest.state in {ActState.QUEUED, ActState.DOING}),
    )
