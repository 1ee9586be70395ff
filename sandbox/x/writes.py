"""Writing on X as the force: replies, messages, pictures (contract section 1.5)."""

import base64
import binascii
from datetime import timedelta
from typing import Any

from sandbox.accounts import Account
from sandbox.mail import Attachment
from sandbox.serving.call import Answer, Call
from sandbox.x import asked, errors
from sandbox.x.asked import Refused
from sandbox.x.people import Draft, XTown, media_key
from sandbox.x.schema import Post, User
from sandbox.x.weigh import LIMIT, weight

_SAME_TEXT = timedelta(hours=24)
_LONGEST_MESSAGE = 10_000
_MOST_PICTURES = 4
_UPLOAD_SECONDS = 86_400
_MOST_BYTES = {"image": 5_000_000, "gif": 15_000_000, "video": 512_000_000}
_POST_FIELDS = frozenset(
    {"text", "reply", "media", "quote_tweet_id", "reply_settings", "geo", "for_super_followers_only",
     "nullcast", "direct_message_deep_link", "poll", "community_id", "share_with_followers", "made_with_ai",
     "paid_partnership", "card_uri", "edit_options"}
)  # fmt: skip


class Writes:
    """Handlers of the POST, PUT and DELETE endpoints."""

    def __init__(self, town: XTown) -> None:
        self._town = town

    def create(self, call: Call) -> Answer:
        """A post or a reply. 403: a duplicate, a parent that is gone, an author who did not summon us."""
        form = call.form
        account, author = self._author(call)
        unknown = sorted(set(form) - _POST_FIELDS)
        if unknown:
            raise Refused(
                errors.invalid(unknown[0], form[unknown[0]], f"$.{unknown[0]}: is not defined in the schema")
            )
        text, media = _text(form), self._media(form.get("media"))
        if not text.strip() and not media:
            raise Refused(errors.invalid("text", text, "$.text: must be at least 1 characters long"))
        if weight(text) > LIMIT:
            raise Refused(errors.problem(400, errors.TOO_LONG, title="Bad Request"))
        parent = self._parent(account, form.get("reply"))
        draft = Draft(
            author=author,
            text=text,
            parent=parent,
            quoted=self._quoted(form.get("quote_tweet_id")),
            media=media,
            leave_out=_left_out(form.get("reply")),
        )
        return self._published(account, draft)

    def delete(self, call: Call) -> Answer:
        """Delete an own post: the whole chain of its versions."""
        account, _author = self._author(call)
        post = self._town.posts.get(asked.identity(call, "id"))
        if post is None or post.gone or str(post.author_id) != account.id:
            raise Refused(errors.problem(404, f"Could not find tweet with id: [{call.path['id']}]."))
        self._town.posts.delete(post.first_id)
        return Answer(body={"data": {"deleted": True}}, note={"what": "delete", "id": str(post.id)})

    def message_to(self, call: Call) -> Answer:
        """A private message to a user."""
        return self._message(call, asked.identity(call, "participant_id"))

    def message_in(self, call: Call) -> Answer:
        """A private message in a conversation of two."""
        account, _author = self._author(call)
        members = call.path["id"].split("-")
        others = [member for member in members if member != account.id]
        if len(members) != 2 or len(others) != 1:
            raise Refused(errors.problem(404, f"Could not find conversation [{call.path['id'][:60]}]."))
        return self._message(call, asked.checked_id("dm_conversation_id", others[0]))

    def hide(self, call: Call) -> Answer:
        """Hide or show a reply in a conversation that the force began."""
        account, _author = self._author(call)
        hidden = call.form.get("hidden")
        if not isinstance(hidden, bool):
            raise Refused(errors.invalid("hidden", hidden, "$.hidden: must be a boolean"))
        post = self._town.posts.get(asked.identity(call, "id"))
        root = None if post is None else self._town.posts.get(post.conversation_id)
        if post is None or post.gone or root is None or str(root.author_id) != account.id:
            raise Refused(errors.problem(403, "You can only hide replies to conversations that you started."))
        self._town.posts.hide(post.id, hidden)
        return Answer(body={"data": {"hidden": hidden}}, note={"what": "hide", "id": str(post.id)})

    def like(self, call: Call) -> Answer:
        """Likes left the self-serve plans in April 2026 (contract section 1.1)."""
        raise Refused(errors.problem(403, "Likes are not available on your plan.", title="Client Forbidden"))

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
            "media_key": media_key(item),
            "size": item.size,
            "expires_after_secs": _UPLOAD_SECONDS,
        }
        return Answer(body={"data": data}, note={"what": "media", "id": str(item.id), "size": item.size})

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

    def _published(self, account: Account, draft: Draft) -> Answer:
        parent = draft.parent
        said = self._town.made(draft)
        if self._town.posts.said_since(int(account.id), said, self._town.clock.now() - _SAME_TEXT):
            raise Refused(errors.problem(403, errors.DUPLICATE))
        post = self._town.publish(draft)
        note = {
            "what": "post" if parent is None else "reply",
            "id": str(post.id),
            "in_reply_to": None if parent is None else str(parent.id),
            "text": draft.text,
            "media": [str(identity) for identity in draft.media],
        }
        return Answer(status=201, body={"data": {"id": str(post.id), "text": post.text}}, note=note)

    def _message(self, call: Call, other_id: int) -> Answer:
        account, author = self._author(call)
        other = self._town.users.get(other_id)
        if other is None or other.force:
            raise Refused(errors.problem(403, errors.NO_SUCH_RECIPIENT))
        media = self._attached(call.form.get("attachments"))
        text = _text(call.form)
        if (not text and not media) or len(text) > _LONGEST_MESSAGE:
            raise Refused(errors.invalid("text", text, "$.text: must be 1 to 10000 characters long"))
        kept = self._town.send(account, other, author, text, media)
        data = {"dm_conversation_id": kept.conversation_id, "dm_event_id": str(kept.id)}
        note = {"what": "message", "id": str(kept.id), "to": str(other.id), "text": text}
        return Answer(status=201, body={"data": data}, note=note)

    def _author(self, call: Call) -> tuple[Account, User]:
        if call.account is None:
            raise Refused(errors.app_only("It needs a user."))
        return call.account, self._town.users.of_account(call.account)

    def _parent(self, account: Account, reply: Any) -> Post | None:
        if reply is None:
            return None
        value = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else None
        parent = self._town.posts.get(asked.checked_id("in_reply_to_tweet_id", value))
        if parent is None or parent.gone or self._town.user(parent.author_id).protected:
            raise Refused(errors.problem(403, errors.PARENT_GONE))
        if not self._summoned(account, parent):
            raise Refused(errors.problem(403, errors.NOT_SUMMONED))
        return parent

    def _summoned(self, account: Account, parent: Post) -> bool:
        """The rule of 23 February 2026 (contract section 1.1): mentioned, quoted, or answering oneself."""
        me = int(account.id)
        quoted = None if parent.quoted_id is None else self._town.posts.get(parent.quoted_id)
        return (
            parent.author_id == me
            or self._town.posts.mentions_user(parent.id, me)
            or self._town.posts.mentions_user(parent.conversation_id, me)
            or (quoted is not None and quoted.author_id == me)
        )

    def _quoted(self, value: Any) -> Post | None:
        if value is None:
            return None
        quoted = self._town.posts.get(asked.checked_id("quote_tweet_id", value))
        if quoted is None or quoted.gone:
            raise Refused(
                errors.problem(403, "You attempted to quote a Tweet that is deleted or not visible to you.")
            )
        return quoted

    def _media(self, media: Any) -> tuple[int, ...]:
        if media is None:
            return ()
        values = media.get("media_ids") if isinstance(media, dict) else None
        if not isinstance(values, list) or not 1 <= len(values) <= _MOST_PICTURES:
            raise Refused(
                errors.invalid("media.media_ids", values, "$.media.media_ids: must hold 1 to 4 ids")
            )
        return tuple(self._known_media(value) for value in values)

    def _attached(self, attachments: Any) -> tuple[int, ...]:
        """The one picture that a message may carry."""
        if attachments is None:
            return ()
        first = attachments[0] if isinstance(attachments, list) and len(attachments) == 1 else None
        if not isinstance(first, dict):
            raise Refused(
                errors.invalid("attachments", attachments, "$.attachments: must hold one attachment")
            )
        return (self._known_media(first.get("media_id")),)

    def _known_media(self, value: Any) -> int:
        identity = asked.checked_id("media_id", value)
        if self._town.media.get(identity) is None:
            raise Refused(errors.problem(400, "Your media IDs are invalid.", title="Invalid Request"))
        return identity


def _text(form: dict[str, Any]) -> str:
    text = form.get("text", "")
    if not isinstance(text, str):
        raise Refused(errors.invalid("text", text, "$.text: must be a string"))
    return text


def _left_out(reply: Any) -> tuple[int, ...]:
    values = reply.get("exclude_reply_user_ids") if isinstance(reply, dict) else None
    return tuple(asked.checked_id("exclude_reply_user_ids", value) for value in values or ())


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
