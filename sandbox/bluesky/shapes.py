"""Profiles, posts, notifications and messages as the services tell them (contract section 7)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sandbox.bluesky.names import cid_of
from sandbox.bluesky.people import BlueskyTown
from sandbox.bluesky.schema import Message, Post, Talk

Json = dict[str, Any]


class Shapes:
    """Everything as JSON, as one account of the force sees it."""

    def __init__(self, town: BlueskyTown) -> None:
        self._town = town

    def profile(self, did: str) -> Json:
        user = self._town.user(did)
        incoming = "none" if self._town.is_closed(did) else "all"
        return {
            "did": did,
            "handle": user.handle,
            "displayName": user.name,
            "avatar": f"{self._town.media.base}/media/people/{quote(user.handle)}",
            "associated": {"chat": {"allowIncoming": incoming}},
            "viewer": {"muted": False, "blockedBy": False},
            "labels": [],
            "createdAt": "2024-02-06T00:00:00.000Z",
        }

    def notification(self, post: Post, reason: str, subject: str | None) -> Json:
        shown = {
            "uri": post.uri,
            "cid": cid_of(post.record),
            "author": {**self.profile(post.author), "indexedAt": when(post.indexed_at)},
            "reason": reason,
            "record": post.record,
            "isRead": False,
            "indexedAt": when(post.indexed_at),
            "labels": [],
        }
        return {**shown, "reasonSubject": subject} if subject else shown

    def post(self, post: Post) -> Json:
        shown: Json = {
            "uri": post.uri,
            "cid": cid_of(post.record),
            "author": self.profile(post.author),
            "record": post.record,
            "replyCount": len(self._town.posts.answers_to(post.uri)),
            "repostCount": 0,
            "likeCount": 0,
            "quoteCount": 0,
            "indexedAt": when(post.indexed_at),
            "viewer": {"replyDisabled": True} if post.closed else {},
            "labels": [],
        }
        images = (post.record.get("embed") or {}).get("images")
        if images:
            views = [self._image(post.author, image) for image in images]
            shown["embed"] = {"$type": "app.bsky.embed.images#view", "images": views}
        return shown

    def record(self, post: Post) -> Json:
        return {"uri": post.uri, "cid": cid_of(post.record), "value": post.record}

    def talk(self, talk: Talk) -> Json:
        newest = self._town.talks.messages(talk.id, 2**62, 1)
        shown: Json = {
            "id": talk.id,
            "rev": self._town.talks.rev_of(talk.id),
            "members": [self.profile(talk.account), self.profile(talk.other)],
            "muted": False,
            "status": talk.status,
            "unreadCount": 0,
        }
        return {**shown, "lastMessage": self.message(newest[0])} if newest else shown

    def message(self, message: Message) -> Json:
        shown: Json = {
            "$type": "chat.bsky.convo.defs#messageView",
            "id": message.id,
            "rev": self._town.talks.rev_of(message.talk, message.id),
            "text": message.text,
            "sender": {"did": message.sender},
            "sentAt": when(message.sent_at),
        }
        return {**shown, "facets": message.facets} if message.facets else shown

    def event(self, rev: str, talk: str, kind: str, message: str | None) -> Json:
        shown: Json = {"$type": f"chat.bsky.convo.defs#{kind}", "rev": rev, "convoId": talk}
        return {**shown, "message": self.message(self._town.talks.known(message))} if message else shown

    def _image(self, author: str, image: Json) -> Json:
        cid = image["image"]["ref"]["$link"]
        return {
            "thumb": f"https://cdn.bsky.app/img/feed_thumbnail/plain/{author}/{cid}@jpeg",
            "fullsize": f"https://cdn.bsky.app/img/feed_fullsize/plain/{author}/{cid}@jpeg",
            "alt": image.get("alt", ""),
        }


def when(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
