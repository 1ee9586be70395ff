"""Look young statuses up again: polling is told neither of edits nor of deletions (contract section 8)."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import errors
from connectors.mastodon import config
from connectors.mastodon.client import Client
from connectors.mastodon.parse import Own, Setting, parse_status, read_item
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, Unreadable


def remember_young(cursor: dict[str, Any], items: Iterable[Incoming | Unreadable]) -> None:
    """Keep the newest statuses of others in the cursor: id to thread, author, who sees it, version, since."""
    young: dict[str, list[str]] = dict(cursor.get("young") or {})
    now = datetime.now(UTC)
    for item in items:
        if isinstance(item, Incoming) and item.direction == Direction.IN:
            version = item.written_at.isoformat() if item.edited else ""
            since = young.get(item.remote_id, ["", "", "", "", now.isoformat()])[4]
            young[item.remote_id] = [item.thread_key, item.author.key, item.visibility, version, since]
    floor = (now - timedelta(seconds=config.LOOK_UP_AGE_SECONDS)).isoformat()
    kept = sorted((pair for pair in young.items() if pair[1][4] > floor), key=lambda pair: pair[1][4])
    cursor["young"] = dict(kept[-config.MOST_YOUNG :])


def look_up_young(client: Client, own: Own, cursor: dict[str, Any]) -> list[Incoming | Unreadable]:
    """Return what changed: later versions of edited statuses, and a mark for each deleted one."""
    young: dict[str, list[str]] = dict(cursor.get("young") or {})
    found: list[Incoming | Unreadable] = []
    for status_id, kept in list(young.items()):
        try:
            status = client.read(f"/api/v1/statuses/{status_id}")
        except errors.ParentGone:
            found.append(mark_deleted(status_id, kept))
            del young[status_id]
            continue
        except (errors.Transient, errors.InvalidContent, errors.PermissionMissing):
            # A look that fails comes again; it holds nothing up.
            break
        if status.get("edited_at"):
            found += read_edit(status, own, kept)
    cursor["young"] = young
    remember_young(cursor, found)
    return found


def read_edit(status: dict[str, Any], own: Own, kept: list[str]) -> list[Incoming | Unreadable]:
    """Return the status when it says something that the version we have does not."""
    raw = json.dumps(status)
    root = kept[0].split(":")[1] if kept[0].startswith("status:") else ""
    item = read_item(status, raw, lambda: parse_status(status, own, Setting(root=root), raw))
    known = isinstance(item, Incoming) and item.written_at.isoformat() == kept[3]
    return [] if known else [item]


def mark_deleted(status_id: str, kept: list[str]) -> Incoming:
    """Return the news that a status was deleted by its author, or hidden from us."""
    return Incoming(
        remote_id=status_id,
        thread_key=kept[0],
        author=Author(key=kept[1]),
        text="",
        written_at=datetime.now(UTC),
        raw=f'{{"deleted":"{status_id}"}}'.encode(),
        visibility=Visibility(kept[2]),
        deleted=True,
    )
