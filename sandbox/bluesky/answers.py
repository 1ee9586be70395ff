"""What the desk answered on Bluesky."""

from typing import Any

from sandbox.bluesky.people import BlueskyTown
from sandbox.bluesky.schema import Message, Post
from sandbox.sites import Answer, Answers


def replies(town: BlueskyTown, identity: str) -> Answers | None:
    """The force's answers to a post or a message; None when there is neither."""
    message = town.talks.message(identity)
    if message is not None:
        return {"public": [], "private": [_said(one) for one in _later(town, message)]}
    post = town.posts.get(identity)
    if post is None:
        return None
    return {
        "public": [_told(town, one) for one in _public(town, post)],
        "private": [_said(one) for one in _private(town, post)],
    }


def answer_to(town: BlueskyTown, identity: str) -> Answer | None:
    """The force's newest answer to a post or a message."""
    message = town.talks.message(identity)
    if message is not None:
        later = _later(town, message)
        return Answer(later[-1].id, private=True) if later else None
    post = town.posts.get(identity)
    if post is None:
        return None
    public, private = _public(town, post), _private(town, post)
    if public:
        return Answer(public[-1].uri, private=False)
    return Answer(private[-1].id, private=True) if private else None


def _public(town: BlueskyTown, post: Post) -> list[Post]:
    return [one for one in town.posts.answers_to(post.uri) if town.user(one.author).force]


def _private(town: BlueskyTown, post: Post) -> list[Message]:
    """Messages of the force to the author that came after the post."""
    talks = [talk for account in town.accounts.all("bluesky") for talk in town.talks.of_account(account.id)]
    said = [
        one for talk in talks if talk.other == post.author for one in town.talks.messages(talk.id, 2**62, 50)
    ]
    ours = [one for one in said if one.sender != post.author and one.sent_at >= post.indexed_at]
    return sorted(ours, key=lambda one: one.number)


def _later(town: BlueskyTown, message: Message) -> list[Message]:
    return [one for one in town.talks.after(message) if town.user(one.sender).force]


def _told(town: BlueskyTown, post: Post) -> dict[str, Any]:
    items = town.media.items(list(town.media_of(post.record)))
    alts = [image.get("alt", "") for image in (post.record.get("embed") or {}).get("images") or []]
    files = [{"alternative": alt, "size": item.size} for item, alt in zip(items, alts, strict=False)]
    return {
        "id": post.uri,
        "text": post.record["text"],
        "at": post.indexed_at.isoformat(),
        "by": town.user(post.author).name,
        "files": files,
    }


def _said(message: Message) -> dict[str, Any]:
    return {"id": message.id, "text": message.text, "at": message.sent_at.isoformat()}
