"""From a status as JSON to the inbox's form (contract section 8)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.mastodon.html_text import read_html
from connectors.mastodon.terms import answer_terms
from connectors.reading import Malformed, read_dict, read_id, read_list, read_text
from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, IncomingFile, ReplyTerms, Unreadable

TYPES = {"image": "image/jpeg", "gifv": "video/mp4", "video": "video/mp4", "audio": "audio/mpeg"}
MOST_FILES = 20
PRIVATE = {"direct", "private"}


@dataclass(frozen=True)
class Own:
    """Who we are on Mastodon."""

    id: str
    host: str


@dataclass(frozen=True)
class Setting:
    """Where a status stands: the thread's first status, and what it answers when that is not ours anyway."""

    root: str = ""
    parent: dict[str, Any] | None = None


def parse_status(status: dict[str, Any], own: Own, setting: Setting, raw: str) -> Incoming:
    """Turn a status into the inbox's form. Raises Malformed when what is needed is missing."""
    status_id, account = read_id(status), read_dict(status, "account")
    author_id, visibility = read_id(account), read_text(status, "visibility") or "direct"
    is_ours = author_id == own.id
    private = visibility in PRIVATE
    return Incoming(
        remote_id=status_id,
        thread_key=name_thread(status, own, setting.root or status_id),
        author=read_author(account, own),
        text=read_body(status),
        written_at=read_time(status),
        raw=raw.encode("utf-8", "surrogatepass"),
        visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        direction=Direction.OUT if is_ours else Direction.IN,
        quoted=describe_parent(setting.parent, author_id, own),
        url=read_text(status, "url"),
        in_reply_to=str(status.get("in_reply_to_id") or ""),
        edited=bool(status.get("edited_at")),
        files=list_files(status),
        terms=ReplyTerms() if is_ours else answer_terms(status_id, visibility, read_text(account, "acct")),
    )


def name_thread(status: dict[str, Any], own: Own, root: str) -> str:
    """Return the conversation: a public thread with one person, or everything private with them."""
    author_id = read_id(read_dict(status, "account"))
    partner = author_id if author_id != own.id else find_partner(status, own)
    if read_text(status, "visibility") in PRIVATE:
        return f"direct:{partner}"
    return f"status:{root}:{partner}"


def find_partner(status: dict[str, Any], own: Own) -> str:
    """Return whom a status of ours speaks to; empty when it speaks to nobody or to ourselves."""
    answered = str(status.get("in_reply_to_account_id") or "")
    named = [str(one.get("id") or "") for one in read_list(status, "mentions")]
    return next((one for one in (answered, *named) if one and one != own.id), "")


def read_author(account: dict[str, Any], own: Own) -> Author:
    """Return who wrote it; the address is the whole name with its server."""
    acct = read_text(account, "acct")
    whole = acct if "@" in acct else f"{acct}@{own.host}"
    name = read_text(account, "display_name") or read_text(account, "username") or "Mastodon user"
    return Author(key=read_id(account), name=name, address=f"@{whole}" if acct else "")


def read_body(status: dict[str, Any]) -> str:
    """Return the words, with the warning that the writer put in front of them."""
    text, warning = read_html(read_text(status, "content")), read_text(status, "spoiler_text").strip()
    return f"Content warning: {warning}\n\n{text}".strip() if warning else text


def read_time(status: dict[str, Any]) -> datetime:
    """Return when this version was written. Raises Malformed."""
    said = status.get("edited_at") or status.get("created_at")
    try:
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed("The field created_at is missing or is no time.") from error


def describe_parent(parent: dict[str, Any] | None, author_id: str, own: Own) -> str:
    """Return the status that this one answers, when it is not part of the same conversation anyway."""
    if parent is None:
        return ""
    account = read_dict(parent, "account")
    writer = str(account.get("id") or "")
    is_our_answer = writer == own.id and str(parent.get("in_reply_to_account_id") or "") == author_id
    if not writer or writer == author_id or is_our_answer:
        return ""
    return f"{read_author(account, own).address or 'Mastodon user'}: {read_body(parent)}"


def list_files(status: dict[str, Any]) -> tuple[IncomingFile, ...]:
    """Return the files with their addresses and their text for those who cannot see them."""
    return tuple(make_file(entry) for entry in read_list(status, "media_attachments")[:MOST_FILES])


def make_file(entry: dict[str, Any]) -> IncomingFile:
    """Return one file; what our server does not keep a copy of is fetched by nobody."""
    kind = str(entry.get("type") or "")
    source = entry.get("url") or entry.get("preview_url") or ""
    return IncomingFile(
        name=f"{kind or 'file'} {entry.get('id') or ''}".strip(),
        media_type=TYPES.get(kind, "application/octet-stream"),
        source=source if isinstance(source, str) else "",
        alternative=str(entry.get("description") or ""),
    )


def read_item(item: Any, raw: str, read: Callable[[], Incoming]) -> Incoming | Unreadable:
    """Return one item, read or marked as unreadable with its source."""
    try:
        if not isinstance(item, dict):
            raise Malformed("The item is no object.")
        return read()
    except (Malformed, AttributeError, TypeError, ValueError, RecursionError) as error:
        source = raw.encode("utf-8", "surrogatepass")
        return Unreadable(name_unreadable(item, source), source, str(error)[:300])


def name_unreadable(item: Any, source: bytes) -> str:
    """Return the status's own id, or a name from the bytes, so that the same one is stored once."""
    status = item.get("status") if isinstance(item, dict) else None
    for one in (status, item):
        try:
            return read_id(one)
        except Malformed:
            continue
    return f"item:{hashlib.sha256(source).hexdigest()[:32]}"
