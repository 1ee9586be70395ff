"""What may answer a post or a message. A public target names the post and the first of its thread."""

import re
from dataclasses import dataclass
from typing import Any

from connectors.errors import NotPermitted
from connectors.reading import read_dict, read_id
from inbox.incoming import ReplyTerms

PRIVATE_ONLY = "This was written privately, so it can be answered privately only."
BLOCKED = "One of you has blocked the other on Bluesky, so no answer can reach this person."
CLOSED = "The writer does not let our account answer this post in public."
NO_CHAT = "This person takes no chat messages from our account."

DID = r"did:[a-z]+:[A-Za-z0-9._:%-]{1,200}"
URI = rf"at://{DID}/[A-Za-z0-9.-]{{1,120}}/[A-Za-z0-9._:~-]{{1,200}}"
CID = r"[A-Za-z0-9]{10,200}"
PUBLIC = re.compile(rf"({URI}) ({CID}) ({URI}) ({CID})")
PRIVATE = re.compile(rf"(?:(with) ({DID})|(in) ([A-Za-z0-9._-]{{1,100}}))")


@dataclass(frozen=True)
class Answered:
    """What a public answer names: the post, and the first one of its thread."""

    parent: dict[str, str]
    root: dict[str, str]


def post_terms(item: dict[str, Any], view: dict[str, Any]) -> ReplyTerms:
    """Return the terms of a public post: the notification, and the post as it is shown to us."""
    author = read_dict(item, "author")
    viewer = read_dict(author, "viewer")
    if viewer.get("blockedBy") or viewer.get("blocking"):
        return ReplyTerms(public_refusal=BLOCKED, private_refusal=BLOCKED)
    uri, cid = read_id(item, "uri"), read_id(item, "cid")
    root = read_dict(read_dict(read_dict(item, "record"), "reply"), "root")
    first = (str(root.get("uri") or uri), str(root.get("cid") or cid))
    return ReplyTerms(
        public_refusal=CLOSED if read_dict(view, "viewer").get("replyDisabled") is True else "",
        private_refusal="" if takes_messages(author) else NO_CHAT,
        public_target=" ".join((uri, cid, *first)),
        private_target=f"with {read_id(author, 'did')}",
    )


def message_terms(convo: str) -> ReplyTerms:
    """Return the terms of a chat message."""
    return ReplyTerms(public_refusal=PRIVATE_ONLY, private_target=f"in {convo}")


def takes_messages(author: dict[str, Any]) -> bool:
    """Say whether a person lets us write to them; where nothing is said, Bluesky itself will say it."""
    allowed = read_dict(read_dict(author, "associated"), "chat").get("allowIncoming")
    if allowed == "following":
        return bool(read_dict(author, "viewer").get("followedBy"))
    return allowed != "none"


def split_public(target: str) -> Answered:
    """Return what a public target names. Raises NotPermitted."""
    found = PUBLIC.fullmatch(target)
    if not found:
        raise NotPermitted("The message has no address to answer to.", code="target")
    return Answered({"uri": found[1], "cid": found[2]}, {"uri": found[3], "cid": found[4]})


def split_private(target: str) -> tuple[str, str]:
    """Return ("with", did) or ("in", conversation). Raises NotPermitted."""
    found = PRIVATE.fullmatch(target)
    if not found:
        raise NotPermitted("The message has no private address to answer to.", code="target")
    return (found[1], found[2]) if found[1] else (found[3], found[4])
