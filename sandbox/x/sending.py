"""Writing privately on X, and uploading pictures (contract section 1.5)."""

import base64
import binascii
from typing import Any

from sandbox.mail import Attachment
from sandbox.serving.call import Answer, Call, Refused
from sandbox.x import asked, errors
from sandbox.x.people import XTown

_LONGEST_MESSAGE = 10_000
_UPLOAD_SECONDS = 86_400
_MOST_BYTES = {"image": 5_000_000, "gif": 15_000_000, "video": 512_000_000}


class Sending:
    """Handlers of the endpoints for messages and media."""

    def __init__(self, town: XTown) -> None:
        self._town = town

    def message_to(self, call: Call) -> Answer:
        """A private message to a user."""
        return self._message(call, asked.identity(call, "participant_id"))

    def message_in(self, call: Call) -> Answer:
        """A private message in a conversation of two, or in a group that the account takes part in."""
        account = asked.caller(call)
        group = self._town.messages.group_member(call.path["id"], int(account.id))
        if group is not None:
            return self._message(call, group, call.path["id"])
        members = call.path["id"].split("-")
        others = [member for member in members if member != account.id]
        if len(members) != 2 or len(others) != 1:
            raise Refused(errors.problem(404, f"Could not find conversation [{call.path['id'][:60]}]."))
        return self._message(call, asked.checked_id("dm_conversation_id", others[0]))

    def upload(self, call: Call) -> Answer:
        """A picture for a later post, as a multipart field or base64 in JSON."""
        attachment = _uploaded(call)
        category = str(call.value("media_category") or "tweet_image")
        kind = category.rpartition("_")[2]
        if kind not in _MOST_BYTES or len(attachment.content) > _MOST_BYTES[kind]:
            raise Refused(
                errors.invalid("media", category, "The media is too large or of no known category.")
            )
        item = self._town.media.keep(attachment)
        data = {
            "id": str(item.id),
            "media_key": item.media_key,
            "size": item.size,
            "expires_after_secs": _UPLOAD_SECONDS,
        }
        return Answer(
            body={"data": data, "meta": {}}, note={"what": "media", "id": str(item.id), "size": item.size}
        )

    def describe(self, call: Call) -> Answer:
        """The text of a picture for those who cannot see it, at most 1000 characters."""
        identity = asked.checked_id("id", call.form.get("id"))
        metadata = call.form.get("metadata")
        alt = metadata.get("alt_text") if isinstance(metadata, dict) else None
        text = alt.get("text") if isinstance(alt, dict) else None
        if not isinstance(text, str) or len(text) > 1000 or self._town.media.get(identity) is None:
            raise Refused(errors.invalid("metadata", metadata, "$.metadata.alt_text.text: is not valid"))
        self._town.media.describe(identity, text)
        return Answer(body={"data": {"id": str(identity)}}, note={"what": "alt_text", "id": str(identity)})

    def _message(self, call: Call, other_id: int, group: str | None = None) -> Answer:
        account = asked.caller(call)
        author = self._town.users.of_account(account)
        other = self._town.users.get(other_id)
        if other is None or other.force:
            raise Refused(errors.problem(403, errors.NO_SUCH_RECIPIENT))
        media = self._attached(call.form.get("attachments"))
        text = asked.text(call.form)
        if (not text and not media) or len(text) > _LONGEST_MESSAGE:
            raise Refused(errors.invalid("text", text, "$.text: must be 1 to 10000 characters long"))
        kept = self._town.send(account, other, author, text, media, group)
        data = {"dm_conversation_id": kept.conversation_id, "dm_event_id": str(kept.id)}
        note = {"what": "message", "id": str(kept.id), "to": str(other.id), "text": text}
        return Answer(status=201, body={"data": data}, note=note)

    def _attached(self, attachments: Any) -> tuple[int, ...]:
        """The one picture that a message may carry."""
        if attachments is None:
            return ()
        first = attachments[0] if isinstance(attachments, list) and len(attachments) == 1 else None
        if not isinstance(first, dict):
            raise Refused(
                errors.invalid("attachments", attachments, "$.attachments: must hold one attachment")
            )
        return (asked.known_media(self._town.media, first.get("media_id")),)


def _uploaded(call: Call) -> Attachment:
    if "media" in call.files:
        return call.files["media"]
    packed = call.form.get("media")
    try:
        content = base64.b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise Refused(errors.invalid("media", "", "$.media: is required, as a file or as base64"))
    kind = str(call.form.get("media_type", "image/png"))
    return Attachment(name="upload." + kind.rpartition("/")[2], type=kind, content=content)
