"""Writing on X as the force: replies, messages, pictures (contract section 1.5)."""

from datetime import timedelta
from typing import Any

from sandbox.accounts import Account
from sandbox.serving.call import Answer, Call, Refused
from sandbox.x import asked, errors
from sandbox.x.people import XTown
from sandbox.x.publishing import Draft
from sandbox.x.schema import Post
from sandbox.x.weigh import LIMIT, weight

_SAME_TEXT = timedelta(hours=24)
_MOST_PICTURES = 4
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
        account = asked.caller(call)
        unknown = sorted(set(form) - _POST_FIELDS)
        if unknown:
            raise Refused(
                errors.invalid(unknown[0], form[unknown[0]], f"$.{unknown[0]}: is not defined in the schema")
            )
        text, media = asked.text(form), self._media(form.get("media"))
        if not text.strip() and not media:
            raise Refused(errors.invalid("text", text, "$.text: must be at least 1 characters long"))
        if weight(text) > LIMIT:
            raise Refused(errors.problem(400, errors.TOO_LONG, title="Bad Request"))
        parent = self._parent(account, form.get("reply"))
        draft = Draft(
            author=self._town.users.of_account(account),
            text=text,
            parent=parent,
            quoted=self._quoted(form.get("quote_tweet_id")),
            media=media,
            leave_out=_left_out(form.get("reply")),
        )
        return self._published(account, draft)

    def delete(self, call: Call) -> Answer:
        """Delete an own post: the whole chain of its versions."""
        account = asked.caller(call)
        post = self._town.posts.get(asked.identity(call, "id"))
        if post is None or post.gone or str(post.author_id) != account.id:
            raise Refused(errors.problem(404, f"Could not find tweet with id: [{call.path['id']}]."))
        self._town.posts.delete(post.first_id)
        return Answer(body={"data": {"deleted": True}}, note={"what": "delete", "id": str(post.id)})

    def hide(self, call: Call) -> Answer:
        """Hide or show a reply in a conversation that the force began."""
        account = asked.caller(call)
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

    def _parent(self, account: Account, reply: Any) -> Post | None:
        if reply is None:
            return None
        value = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else None
        parent = self._town.posts.get(asked.checked_id("in_reply_to_tweet_id", value))
        if parent is None or parent.gone or self._town.users.of(parent.author_id).protected:
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
        return tuple(asked.known_media(self._town.media, value) for value in values)


def _left_out(reply: Any) -> tuple[int, ...]:
    values = reply.get("exclude_reply_user_ids") if isinstance(reply, dict) else None
    return tuple(asked.checked_id("exclude_reply_user_ids", value) for value in values or ())
