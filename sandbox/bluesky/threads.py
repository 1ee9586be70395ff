"""Bluesky for the town: threads and chats as a person sees them."""

from sandbox.bluesky.issuer import BLUESKY
from sandbox.bluesky.schema import Message, Post
from sandbox.town.threads import LAST, SCANNED, Said, Thread, first, newest, pictures
from sandbox.world import World


def on_bluesky(world: World) -> list[Thread]:
    town = world.bluesky.town
    seen = dict.fromkeys(post.root_uri for post in town.posts.newest(SCANNED))
    public = [_posts(world, town.posts.in_thread(root)) for root in first(seen)]
    talks = dict.fromkeys(message.talk for message in town.talks.newest(SCANNED))
    return newest([*public, *(_talk(world, talk) for talk in first(talks))])


def _posts(world: World, posts: list[Post]) -> Thread | None:
    if not posts:
        return None
    said = [_post(world, post) for post in posts]
    opener = next((each for each in said if not each.ours), said[0])
    return Thread(
        key=f"{BLUESKY}-{posts[0].rkey}",
        title=opener.by,
        handle=opener.handle,
        private=False,
        said=tuple(said[-LAST:]),
        reply_to=said[-1].id,
        as_who=opener.handle,
    )


def _post(world: World, post: Post) -> Said:
    town = world.bluesky.town
    user = town.user(post.author)
    return Said(
        id=post.uri,
        by=user.name,
        handle=f"@{user.handle}",
        ours=user.force,
        at=post.indexed_at,
        text=post.record["text"],
        pictures=pictures(world, town.media_of(post.record)),
    )


def _talk(world: World, identity: str) -> Thread | None:
    town = world.bluesky.town
    talk = town.talks.get(identity)
    if talk is None:
        return None
    person = town.user(talk.other)
    said = [_message(world, message) for message in reversed(town.talks.messages(identity, 2**62, LAST))]
    return Thread(
        key=f"{BLUESKY}-private-{identity}",
        title=person.name,
        handle=f"@{person.handle}",
        private=True,
        said=tuple(said),
        reply_to=said[-1].id,
        as_who=f"@{person.handle}",
    )


def _message(world: World, message: Message) -> Said:
    user = world.bluesky.town.user(message.sender)
    return Said(
        id=message.id,
        by=user.name,
        handle=f"@{user.handle}",
        ours=user.force,
        at=message.sent_at,
        text=message.text,
    )
