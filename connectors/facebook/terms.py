"""What may answer a post, a comment or a message (contract sections 2.5 and 3).

A private target is a kind, an id, and for messages until when the answer is free: `person:<id>:<seconds>`.
"""

from datetime import datetime
from typing import Any

from connectors.facebook.config import FREE_WINDOW, HUMAN_WINDOW, PRIVATE_REPLY_WINDOW
from inbox.incoming import PossibleAct, ReplyTerms

PRIVATE_ONLY = "This was written privately, so it can be answered privately only."
NO_COMMENTS = "Facebook does not let our Page comment here."
ONE_MESSAGE = "A private answer to a post or comment is one message, so it carries words only."
NO_HIDING = "Facebook does not let our Page hide this comment."
NO_LIKE = "Facebook does not let our Page like this."
NO_PRIVATE = "Facebook does not offer a private answer to this comment."


def post_terms(post_id: str, written_at: datetime) -> ReplyTerms:
    """Return the terms of a visitor's post."""
    return ReplyTerms(
        public_target=post_id,
        private_target=f"post:{post_id}",
        private_until=written_at + PRIVATE_REPLY_WINDOW,
        private_files_refusal=ONE_MESSAGE,
        private_once=True,
    )


def comment_terms(item: dict[str, Any], written_at: datetime) -> ReplyTerms:
    """Return the terms of a comment: one private reply within seven days."""
    return ReplyTerms(
        public_refusal=NO_COMMENTS if item.get("can_comment") is False else "",
        private_refusal=NO_PRIVATE if item.get("can_reply_privately") is False else "",
        public_target=str(item["id"]),
        private_target=f"comment:{item['id']}",
        private_until=written_at + PRIVATE_REPLY_WINDOW,
        private_files_refusal=ONE_MESSAGE,
        private_once=True,
    )


def message_terms(person: str, written_at: datetime, *, human_agent: bool) -> ReplyTerms:
    """Return the terms of a Messenger message: a day, or seven by a person's hand."""
    free_until = written_at + FREE_WINDOW
    return ReplyTerms(
        public_refusal=PRIVATE_ONLY,
        private_free_until=free_until,
        private_target=f"person:{person}:{int(free_until.timestamp())}",
        private_until=written_at + HUMAN_WINDOW if human_agent else free_until,
    )


def comment_acts(item: dict[str, Any]) -> tuple[PossibleAct, ...]:
    """Return what may be done to a comment of the public's (contract section 2.5)."""
    comment_id = str(item["id"])
    hide = PossibleAct(
        "hide",
        comment_id,
        done=item.get("is_hidden") is True,
        refusal=NO_HIDING if item.get("can_hide") is False else "",
    )
    return hide, like_of(item)


def like_of(item: dict[str, Any]) -> PossibleAct:
    """Return the like of a post or comment."""
    refusal = NO_LIKE if item.get("can_like") is False else ""
    return PossibleAct("like", str(item["id"]), done=item.get("user_likes") is True, refusal=refusal)
