"""What the desk answered to one thing that somebody wrote, publicly and privately."""

from typing import Any

from sandbox.graph.schema import Message as Note
from sandbox.mail.letters import answers_to
from sandbox.sites import Answers
from sandbox.world import World
from sandbox.x.schema import Message, Post


def replies(world: World, identity: str) -> Answers:
    """{"public": [...], "private": [...]}, oldest first. ValueError: nothing has this id."""
    for site in world.sites.values():
        answers = site.replies(identity)
        if answers is not None:
            return answers
    if "@" in identity or identity.startswith("<"):
        return {"public": [], "private": _by_mail(world, identity)}
    if identity.startswith("m_"):
        return _in_messenger(world, identity)
    found = _on_x(world, identity) if identity.isdecimal() and len(identity) < 20 else None
    return found if found is not None else _on_facebook(world, identity)


def _on_x(world: World, identity: str) -> Answers | None:
    post = world.x.posts.get(int(identity))
    if post is not None:
        return {"public": _public_on_x(world, post), "private": _private_on_x(world, post)}
    message = world.x.messages.get(int(identity))
    if message is not None:
        later = world.x.messages.after(message)
        return {"public": [], "private": [_dm(m) for m in later if m.sender_id == m.account_id]}
    return None


def _public_on_x(world: World, post: Post) -> list[dict[str, Any]]:
    chain = world.x.posts.chain(post.first_id)
    answers = [answer for version in chain for answer in world.x.posts.answers_to(version)]
    return [
        {
            "id": str(answer.id),
            "text": answer.text[answer.start :],
            "at": answer.created_at.isoformat(),
            "by": world.x.users.of(answer.author_id).name,
            "attachments": _files(world, answer.media),
        }
        for answer in answers
        if world.x.users.of(answer.author_id).force
    ]


def _private_on_x(world: World, post: Post) -> list[dict[str, Any]]:
    """Messages of the force to the author that came after the post."""
    rows = world.store.execute(
        "SELECT id FROM x_messages WHERE other_id = ? AND sender_id = account_id AND id > ? ORDER BY id",
        (post.author_id, post.id),
    )
    messages = [world.x.messages.get(int(row["id"])) for row in rows.fetchall()]
    return [_dm(message) for message in messages if message is not None]


def _dm(message: Message) -> dict[str, Any]:
    return {"id": str(message.id), "text": message.text, "at": message.created_at.isoformat()}


def _on_facebook(world: World, identity: str) -> Answers:
    thing = world.facebook.things.get(identity)
    if thing is None:
        raise ValueError(f"Nothing has the id {identity[:80]!r}.")
    public = [
        {
            "id": answer.id,
            "text": answer.message,
            "at": answer.created_at.isoformat(),
            "by": world.facebook.name_of(answer.from_id),
            "attachments": _files(world, answer.media),
        }
        for answer in world.facebook.things.answers_to(thing.id)
        if answer.from_id == thing.page_id
    ]
    private = world.facebook.messages.private_reply_to(thing.id)
    told = [] if private is None else [_fb(world, private)]
    return {"public": public, "private": told}


def _in_messenger(world: World, identity: str) -> Answers:
    message = world.facebook.messages.get(identity)
    if message is None:
        raise ValueError(f"Nothing has the id {identity[:80]!r}.")
    later = world.facebook.messages.after(message)
    told = [_fb(world, m) for m in later if m.from_page]
    return {"public": [], "private": told}


def _fb(world: World, message: Note) -> dict[str, Any]:
    return {
        "id": message.id,
        "text": message.text,
        "at": message.created_at.isoformat(),
        "attachments": _files(world, message.media),
    }


def _files(world: World, media: tuple[int, ...]) -> list[dict[str, Any]]:
    """What came along: name, MIME type, bytes and the text for those who cannot see a picture."""
    return [
        {"name": item.name, "type": item.type, "size": item.size, "alt_text": item.alt_text}
        for item in world.media.items(list(media))
    ]


def _by_mail(world: World, identity: str) -> list[dict[str, Any]]:
    """Mails of the desk that say they answer this one."""
    wanted = identity if identity.startswith("<") else f"<{identity}>"
    return [
        {"id": kept.message_id, "text": kept.text, "subject": kept.subject, "at": kept.at.isoformat()}
        for kept in answers_to(world.store, wanted)
    ]
