"""Mastodon for the town: threads as a person sees them."""

from sandbox.mastodon.issuer import MASTODON
from sandbox.mastodon.people import MastodonTown
from sandbox.mastodon.schema import Status
from sandbox.town.threads import LAST, SCANNED, Said, Thread, first, newest, pictures
from sandbox.world import World


def on_mastodon(world: World) -> list[Thread]:
    town = world.mastodon.town
    seen: dict[str, list[Status]] = {}
    for status in town.statuses.newest(SCANNED):
        seen.setdefault(_key(town, status), []).insert(0, status)
    return newest(_thread(world, key, statuses) for key, statuses in first(seen.items()))


def _key(town: MastodonTown, status: Status) -> str:
    """The thread's root; private talks are one a person."""
    if status.visibility == "direct":
        return "private-" + next((one for one in (status.author, *status.mentions) if "@" in one), "")
    root = status
    while root.parent_id is not None:
        parent = town.statuses.get(str(root.parent_id))
        if parent is None:
            break
        root = parent
    return str(root.id)


def _thread(world: World, key: str, statuses: list[Status]) -> Thread:
    said = [_said(world, status) for status in statuses[-LAST:]]
    opener = next((each for each in said if not each.ours), said[0])
    return Thread(
        key=f"{MASTODON}-{key.replace('@', '-at-')}",
        title=opener.by,
        handle=opener.handle,
        private=key.startswith("private-"),
        said=tuple(said),
        reply_to=said[-1].id,
        as_who=opener.handle,
    )


def _said(world: World, status: Status) -> Said:
    town = world.mastodon.town
    return Said(
        id=str(status.id),
        by=town.name_of(status.author),
        handle=f"@{status.author}",
        ours=town.is_force(status.author),
        at=status.created_at,
        text=status.text,
        pictures=pictures(world, status.media),
    )
