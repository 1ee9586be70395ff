"""Statuses, accounts and notifications as the server tells them (contract section 8)."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sandbox.ids import person_number
from sandbox.mastodon.issuer import SERVER
from sandbox.mastodon.people import FAR, NAMED, MastodonTown
from sandbox.mastodon.schema import Status
from sandbox.media import Item

Json = dict[str, Any]
LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}]")
SHOWN = 30
NOTICES = 1_000_003
"""A notification has a number of its own, never that of its status."""


class Shapes:
    """Everything as JSON."""

    def __init__(self, town: MastodonTown) -> None:
        self._town = town

    def account(self, author: str) -> Json:
        name, _, server = author.partition("@")
        host = server or SERVER
        account = self._town.account_of(author)
        identity = account.id if account else str(person_number(f"mastodon:{author}", 11 * 10**16, 10**15))
        return {
            "id": identity,
            "username": name,
            "acct": author,
            "display_name": self._town.name_of(author),
            "locked": False,
            "bot": False,
            "url": f"https://{host}/@{name}",
            "uri": f"https://{host}/users/{name}",
            "avatar": f"{self._town.media.base}/media/people/{quote(name)}",
            "created_at": "2022-11-05T00:00:00.000Z",
            "emojis": [],
            "fields": [],
        }

    def status(self, status: Status) -> Json:
        host = FAR if "@" in status.author else SERVER
        name = status.author.partition("@")[0]
        parent = None if status.parent_id is None else self._town.statuses.get(str(status.parent_id))
        return {
            "id": str(status.id),
            "created_at": when(status.created_at),
            "edited_at": None if status.edited_at is None else when(status.edited_at),
            "in_reply_to_id": None if parent is None else str(parent.id),
            "in_reply_to_account_id": None if parent is None else self.account(parent.author)["id"],
            "sensitive": bool(status.spoiler),
            "spoiler_text": status.spoiler,
            "visibility": status.visibility,
            "language": "en",
            "uri": f"https://{host}/users/{name}/statuses/{status.id}",
            "url": f"https://{host}/@{name}/{status.id}",
            "replies_count": len(self._town.statuses.answers_to(status.id)),
            "reblogs_count": 0,
            "favourites_count": 0,
            "content": self._content(status),
            "reblog": None,
            "account": self.account(status.author),
            "media_attachments": [self.media(item) for item in self._town.media.items(list(status.media))],
            "mentions": [self._mention(name) for name in status.mentions],
            "tags": [],
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def notification(self, status: Status) -> Json:
        return {
            "id": str(status.id + NOTICES),
            "type": "mention",
            "created_at": when(status.created_at),
            "account": self.account(status.author),
            "status": self.status(status),
        }

    def media(self, item: Item) -> Json:
        address = f"{self._town.media.base}/media/{item.id}/{quote(item.name)}"
        kind = {"photo": "image", "video": "video", "animated_gif": "gifv"}.get(item.kind, "unknown")
        return {
            "id": str(item.id),
            "type": kind,
            "url": address,
            "preview_url": address,
            "remote_url": None,
            "meta": {"original": {"width": item.width, "height": item.height}},
            "description": item.alt_text or None,
            "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
        }

    def _mention(self, author: str) -> Json:
        told = self.account(author)
        return {name: told[name] for name in ("id", "username", "url", "acct")}

    def _content(self, status: Status) -> str:
        """The text as HTML: paragraphs, links cut for the eye by invisible parts, mentions as cards."""
        paragraphs = re.split(r"\n{2,}", status.text)
        return "".join(
            f"<p>{'<br />'.join(map(self._line, paragraph.split(chr(10))))}</p>" for paragraph in paragraphs
        )

    def _line(self, text: str) -> str:
        pieces, place = [], 0
        for found in re.finditer(f"{LINK.pattern}|{NAMED.pattern}", text):
            pieces.append(html.escape(text[place : found.start()], quote=False))
            pieces.append(self._link(found[0]) if found[0].startswith("http") else self._card(found))
            place = found.end()
        return "".join([*pieces, html.escape(text[place:], quote=False)])

    def _card(self, found: re.Match[str]) -> str:
        known = self._town.named(found[0], "")
        if not known:
            return html.escape(found[0], quote=False)
        told = self.account(known[0])
        return (
            f'<span class="h-card" translate="no"><a href="{told["url"]}" class="u-url mention">'
            f"@<span>{html.escape(told['username'])}</span></a></span>"
        )

    def _link(self, address: str) -> str:
        scheme, _, rest = address.partition("://")
        shown, hidden = html.escape(rest[:SHOWN]), html.escape(rest[SHOWN:])
        kind = "ellipsis" if hidden else ""
        return (
            f'<a href="{html.escape(address)}" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{scheme}://</span><span class="{kind}">{shown}</span>'
            f'<span class="invisible">{hidden}</span></a>'
        )


def when(moment: datetime) -> str:
    """ISO 8601 with milliseconds, as the server writes times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
