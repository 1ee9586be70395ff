"""Writing on Facebook as the page: comments, hiding, liking, deleting (contract section 2.5)."""

from datetime import timedelta
from typing import Any

from sandbox.accounts import Account
from sandbox.graph.errors import JSON, gone, refuse
from sandbox.graph.people import FacebookTown
from sandbox.graph.schema import Thing
from sandbox.serving.call import Answer, Call

_LONGEST_COMMENT, _LONGEST_POST = 8_000, 63_206
_SAME_TEXT = timedelta(hours=1)


class Writes:
    """Handlers of POST and DELETE on posts and comments."""

    def __init__(self, town: FacebookTown) -> None:
        self._town = town

    def comment(self, call: Call) -> Answer:
        """Answer a post or a comment. 506: the same words under the same thing within the hour."""
        page, answered = _page(call), self._thing(call)
        message = _message(call, _LONGEST_COMMENT)
        media = self._picture(call)
        if not message and not media:
            raise refuse(100, "(#100) A comment must have a message or an attachment")
        now = self._town.clock.now()
        if message and self._town.things.said_since(page.id, answered.id, message, now - _SAME_TEXT):
            raise refuse(506, "(#506) Duplicate status message", error_user_title="Duplicate Status Update")
        made = self._town.answer(answered, page.id, message, media, now)
        note = {"what": "reply", "id": made.id, "in_reply_to": answered.id, "text": message}
        return _answer({"id": made.id}, note)

    def post(self, call: Call) -> Answer:
        """A post of the page itself."""
        page = _page(call)
        if call.path["owner"] not in ("me", page.id):
            raise refuse(200, "(#200) If posting to a page, requires the token of that page")
        message = _message(call, _LONGEST_POST)
        if not message:
            raise refuse(100, "(#100) The post must have a message")
        made = self._town.post(page.id, page.id, message, (), self._town.clock.now())
        return _answer({"id": made.id}, {"what": "post", "id": made.id, "text": message})

    def photo(self, call: Call) -> Answer:
        """A picture kept unpublished, to go with a comment as `attachment_id`."""
        picture = call.files.get("source") or next(iter(call.files.values()), None)
        if picture is None:
            raise refuse(324, "(#324) Missing or invalid image file")
        item = self._town.media.keep(picture)
        return _answer({"id": str(item.id)}, {"what": "media", "id": str(item.id), "size": item.size})

    def update(self, call: Call) -> Answer:
        """Change an own text, or hide a comment of somebody else."""
        page, thing = _page(call), self._thing(call)
        hidden, message = call.value("is_hidden"), call.value("message")
        if hidden is None and message is None:
            raise refuse(100, "(#100) Nothing to update: give message or is_hidden")
        if hidden is not None:
            if thing.from_id == page.id:
                raise refuse(100, "(#100) You cannot hide your own comment", status=403)
            self._town.things.hide(thing.id, str(hidden).lower() in ("true", "1"))
        if message is not None:
            if thing.from_id != page.id:
                raise refuse(200, "(#200) You do not have permission to edit this", status=403)
            self._town.things.rewrite(thing, str(message))
        note = {"what": "update", "id": thing.id, "is_hidden": hidden, "text": message}
        return _answer({"success": True}, note)

    def delete(self, call: Call) -> Answer:
        thing = self._thing(call)
        self._town.things.delete(thing)
        return _answer({"success": True}, {"what": "delete", "id": thing.id})

    def like(self, call: Call) -> Answer:
        return self._like(call, True)

    def unlike(self, call: Call) -> Answer:
        return self._like(call, False)

    def _like(self, call: Call, likes: bool) -> Answer:
        thing = self._thing(call)
        self._town.things.like(thing.id, _page(call).id, likes)
        return _answer({"success": True}, {"what": "like" if likes else "unlike", "id": thing.id})

    def _thing(self, call: Call) -> Thing:
        """Refused (100/33): there is none, or it is on the page of somebody else."""
        found = self._town.things.get(call.path["owner"])
        if found is None or found.gone or found.page_id != _page(call).id:
            raise gone(call.path["owner"])
        return found

    def _picture(self, call: Call) -> tuple[int, ...]:
        """The picture of a comment: one uploaded with it, or one kept before."""
        if "source" in call.files:
            return (self._town.media.keep(call.files["source"]).id,)
        value = call.value("attachment_id")
        if value is None:
            return ()
        text = str(value)
        if not text.isdecimal() or self._town.media.get(int(text[:19])) is None:
            raise refuse(100, "(#100) The attachment_id is not valid")
        return (int(text),)


def _message(call: Call, longest: int) -> str:
    value = call.value("message")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise refuse(100, f"(#100) Param message must be a text of at most {longest} characters")
    return value


def _page(call: Call) -> Account:
    if call.account is None:
        raise refuse(200, "(#200) This needs the token of a page", status=403)
    return call.account


def _answer(body: dict[str, Any], note: dict[str, Any]) -> Answer:
    return Answer(body=body, media_type=JSON, note=note)
