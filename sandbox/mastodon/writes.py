"""Writing on Mastodon: statuses with their idempotency keys, and media."""

from typing import Any

import regex

from sandbox.accounts import Account
from sandbox.mastodon.door import Refused, caller
from sandbox.mastodon.people import NAMED, Draft, MastodonTown
from sandbox.mastodon.reads import MOST_CHARACTERS, SHORT_ADDRESS
from sandbox.mastodon.schema import Status
from sandbox.mastodon.shapes import LINK, Shapes
from sandbox.serving.call import Answer, Call

ORDER = ("public", "unlisted", "private", "direct")
MOST_PICTURES = 4


class Writes:
    """Handlers of the POST and DELETE endpoints."""

    def __init__(self, town: MastodonTown) -> None:
        self._town = town
        self._shapes = Shapes(town)
        self._asked_for: set[int] = set()

    def create(self, call: Call) -> Answer:
        """A status; the same Idempotency-Key within an hour gives the same one again."""
        account: Account = caller(call)
        key = call.headers.get("idempotency-key", "")
        known = self._town.statuses.of_key(account.id, key, self._town.clock.now()) if key else None
        if known is not None:
            return Answer(body=self._shapes.status(known), note={"what": "again", "id": str(known.id)})
        status = self._town.publish(self._draft(call, account))
        if key:
            self._town.statuses.remember_key(account.id, key, status)
        note = {
            "what": "status",
            "id": str(status.id),
            "in_reply_to": None if status.parent_id is None else str(status.parent_id),
            "visibility": status.visibility,
            "text": status.text,
        }
        return Answer(body=self._shapes.status(status), note=note)

    def delete(self, call: Call) -> Answer:
        found = self._town.statuses.get(call.path["id"])
        if found is None or found.gone or found.author != caller(call).handle:
            raise Refused(404)
        self._town.statuses.delete(found.id)
        return Answer(body=self._shapes.status(found), note={"what": "delete", "id": str(found.id)})

    def upload(self, call: Call) -> Answer:
        """A picture for a later status: 202, for it is worked on in the background."""
        file = call.files.get("file")
        if file is None or not file.content:
            raise Refused(422, "Validation failed: File can't be blank")
        item = self._town.media.keep(file)
        self._town.media.describe(item.id, str(call.form.get("description") or "")[:1500])
        body = {**self._shapes.media(self._town.media.items([item.id])[0]), "url": None}
        return Answer(status=202, body=body, note={"what": "media", "id": str(item.id), "size": item.size})

    def uploaded(self, call: Call) -> Answer:
        """How far the work on a picture is: not done (206) when it is asked for the first time."""
        items = self._town.media.items([int(call.path["id"])]) if call.path["id"].isdecimal() else []
        if not items:
            raise Refused(404)
        done = items[0].id in self._asked_for
        self._asked_for.add(items[0].id)
        told = self._shapes.media(items[0])
        return Answer(status=200 if done else 206, body=told if done else {**told, "url": None})

    def _draft(self, call: Call, account: Account) -> Draft:
        text, media = str(call.value("status") or ""), self._media(call)
        spoiler = str(call.value("spoiler_text") or "")
        if not text.strip() and not media:
            raise Refused(422, "Validation failed: Text can't be blank")
        if count(spoiler + text) > MOST_CHARACTERS:
            raise Refused(422, f"Validation failed: Text character limit of {MOST_CHARACTERS} exceeded")
        visibility = str(call.value("visibility") or "public")
        if visibility not in ORDER:
            raise Refused(422, f"'{visibility}' is not a valid visibility")
        return Draft(
            author=account.handle,
            text=text,
            visibility=visibility,
            parent=self._parent(call, account),
            media=media,
            spoiler=spoiler,
        )

    def _parent(self, call: Call, account: Account) -> Status | None:
        wanted = call.value("in_reply_to_id")
        if wanted in (None, ""):
            return None
        found = self._town.statuses.get(str(wanted))
        if found is None or found.gone or not self._town.may_see(account.handle, found):
            raise Refused(404)
        return found

    def _media(self, call: Call) -> tuple[int, ...]:
        listed: Any = call.form.get("media_ids")
        given = listed if isinstance(listed, list) else [v for n, v in call.pairs if n == "media_ids[]"]
        ids = tuple(int(one) for one in given if str(one).isdecimal())
        if len(ids) > MOST_PICTURES or len(self._town.media.items(list(ids))) != len(given):
            raise Refused(422, "Validation failed: Media attachments are not valid")
        return ids


def count(text: str) -> int:
    """Characters as the server counts them: graphemes, links as 23, the servers of names left out."""
    short = NAMED.sub(r"@\1", LINK.sub("x" * SHORT_ADDRESS, text))
    return len(regex.findall(r"\X", short))
