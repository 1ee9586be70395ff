"""Threads on Facebook: posts on the page with their comments, and Messenger."""

from sandbox.accounts import FACEBOOK
from sandbox.graph.schema import Message, Thing
from sandbox.town.threads import LAST, SCANNED, SHOWN, Said, Thread, files, first, newest, pictures
from sandbox.world import World


def on_facebook(world: World) -> list[Thread]:
    rows = world.store.execute(
        "SELECT post_id, id FROM fb_objects WHERE gone = 0 ORDER BY number DESC LIMIT ?", (SCANNED,)
    )
    seen = dict.fromkeys(row["post_id"] or row["id"] for row in rows)
    public = [_page_post(world, each) for each in first(seen)]
    pages = [account.id for account in world.accounts.all(FACEBOOK)]
    talks = [talk for page in pages for talk in world.facebook.messages.conversations(page, None, SHOWN)]
    private = [
        _messenger(world, talk.user_id, world.facebook.messages.of(talk.number, None, LAST)) for talk in talks
    ]
    return newest([*public, *private])


def _page_post(world: World, identity: str) -> Thread | None:
    post = world.facebook.things.get(identity)
    if post is None or post.gone:
        return None
    rows = world.store.execute(
        "SELECT id FROM fb_objects WHERE post_id = ? AND gone = 0 AND kind = 'comment'"
        " ORDER BY number DESC LIMIT ?",
        (identity, LAST),
    )
    comments = [world.facebook.things.get(row["id"]) for row in reversed(rows.fetchall())]
    said = [_thing(world, each) for each in [post, *comments] if each is not None]
    opener = next((each for each in said if not each.ours), said[0])
    return Thread(
        key=f"facebook-{identity}",
        title=said[0].by,
        handle="",
        private=False,
        said=tuple(said),
        reply_to=said[-1].id,
        as_who="" if opener.ours else opener.by,
    )


def _thing(world: World, thing: Thing) -> Said:
    return Said(
        id=thing.id,
        by=world.facebook.name_of(thing.from_id),
        handle="",
        ours=thing.from_id == thing.page_id,
        at=thing.created_at,
        text=thing.message,
        pictures=pictures(world, thing.media),
        files=files(world, thing.media),
        hidden=thing.hidden,
    )


def _messenger(world: World, user: int, messages: list[Message]) -> Thread | None:
    if not messages:
        return None
    name = world.facebook.name_of(str(user))
    said = [
        Said(
            id=message.id,
            by="Northshire Police" if message.from_page else name,
            handle="",
            ours=message.from_page,
            at=message.created_at,
            text=message.text,
            pictures=pictures(world, message.media),
            files=files(world, message.media),
        )
        for message in reversed(messages)
    ]
    return Thread(
        key=f"facebook-private-{messages[0].conversation}",
        title=name,
        handle="",
        private=True,
        said=tuple(said),
        reply_to=said[-1].id,
        as_who=name,
    )
