"""Threads on X: public conversations and direct messages."""

from datetime import UTC, datetime

from sandbox.town.threads import LAST, SCANNED, Said, Thread, first, newest, pictures
from sandbox.world import World
from sandbox.x.schema import Message, Post

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def on_x(world: World) -> list[Thread]:
    seen = dict.fromkeys(post.conversation_id for post in world.x.posts.newest(SCANNED))
    public = [_posts(world, world.x.posts.in_conversation(each)) for each in first(seen)]
    talks = dict.fromkeys(
        (message.conversation_id, message.other_id) for message in world.x.messages.newest(SCANNED)
    )
    private = [_direct(world, talk, other) for talk, other in first(talks)]
    return newest([*public, *private])


def _posts(world: World, posts: list[Post]) -> Thread | None:
    if not posts:
        return None
    said = [_post(world, post) for post in posts]
    opener = next((each for each in said if not each.ours), said[0])
    return Thread(
        key=f"x-{posts[0].conversation_id}",
        title=opener.by,
        handle=opener.handle,
        private=False,
        said=tuple(said[-LAST:]),
        reply_to=said[-1].id,
        as_who=opener.handle,
    )


def _post(world: World, post: Post) -> Said:
    user = world.x.user(post.author_id)
    return Said(
        id=str(post.id),
        by=user.name,
        handle=f"@{user.username}",
        ours=user.force,
        at=post.created_at,
        text=post.text,
        pictures=pictures(world, post.media),
        hidden=post.hidden,
    )


def _direct(world: World, conversation: str, other: int) -> Thread | None:
    messages = world.x.messages.of_conversation(conversation, None, EVER, LAST)
    person = world.x.user(other)
    said = [_dm(world, message) for message in reversed(messages)]
    return Thread(
        key=f"x-private-{conversation}",
        title=person.name,
        handle=f"@{person.username}",
        private=True,
        said=tuple(said),
        reply_to=said[-1].id,
        as_who=f"@{person.username}",
    )


def _dm(world: World, message: Message) -> Said:
    user = world.x.user(message.sender_id)
    return Said(
        id=str(message.id),
        by=user.name,
        handle=f"@{user.username}",
        ours=user.force,
        at=message.created_at,
        text=message.text,
        pictures=pictures(world, message.media),
    )
