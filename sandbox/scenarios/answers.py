"""What the desk answered: how people in a story notice that somebody wrote back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.ids import milliseconds
from sandbox.mail import letters
from sandbox.sites import Answer

if TYPE_CHECKING:
    from sandbox.world import World


def answer_to(world: "World", voice: str, identity: str) -> Answer | None:
    """The desk's newest answer to what was said on `voice` under this id, None while there is none."""
    channel = voice.partition(" ")[0]
    if channel in world.sites:
        return world.sites[channel].answer_to(identity)
    return LOOK[voice](world, identity)


def _on_x(world: "World", identity: str) -> Answer | None:
    post = world.x.posts.get(int(identity))
    if post is None:
        return None
    row = world.store.one(
        "SELECT max(id) FROM x_posts WHERE conversation_id = ? AND id > ? AND gone = 0"
        " AND author_id IN (SELECT CAST(id AS INTEGER) FROM accounts WHERE channel = 'x')",
        (post.conversation_id, post.id),
    )
    if row is not None and row[0] is not None:
        return Answer(str(row[0]), private=False)
    return _message(world, post.author_id, post.id)


def _on_x_private(world: "World", identity: str) -> Answer | None:
    message = world.x.messages.get(int(identity))
    return None if message is None else _message(world, message.other_id, message.id)


def _message(world: "World", other: int, after: int) -> Answer | None:
    row = world.store.one(
        "SELECT max(id) FROM x_messages WHERE other_id = ? AND id > ? AND sender_id = account_id",
        (other, after),
    )
    return None if row is None or row[0] is None else Answer(str(row[0]), private=True)


def _on_facebook(world: "World", identity: str) -> Answer | None:
    thing = world.facebook.things.get(identity)
    if thing is None:
        return None
    row = world.store.one(
        "SELECT id FROM fb_objects WHERE post_id = ? AND number > ? AND gone = 0"
        " AND from_id IN (SELECT id FROM accounts WHERE channel = 'facebook') ORDER BY number DESC LIMIT 1",
        (thing.post_id, thing.number),
    )
    if row is not None:
        return Answer(str(row[0]), private=False)
    row = world.store.one(
        "SELECT m.id FROM fb_messages m JOIN fb_conversations c ON c.number = m.conversation"
        " WHERE m.from_page = 1 AND (m.about_id = :id OR (c.user_id = :user AND m.created_ms > :ms))"
        " ORDER BY m.number DESC LIMIT 1",
        {"id": thing.id, "user": thing.from_id, "ms": milliseconds(thing.created_at)},
    )
    return None if row is None else Answer(str(row[0]), private=True)


def _on_facebook_private(world: "World", identity: str) -> Answer | None:
    message = world.facebook.messages.get(identity)
    if message is None:
        return None
    answers = [later for later in world.facebook.messages.after(message) if later.from_page]
    return Answer(answers[-1].id, private=True) if answers else None


def _by_mail(world: "World", identity: str) -> Answer | None:
    answers = letters.later_answers(world.store, identity)
    return Answer(answers[-1].message_id, private=True) if answers else None


LOOK: dict[str, Callable[["World", str], Answer | None]] = {
    "x": _on_x,
    "x private": _on_x_private,
    "facebook": _on_facebook,
    "facebook private": _on_facebook_private,
    "mail": _by_mail,
}
