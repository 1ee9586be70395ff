"""What may answer a post or a message on X (contract section 1.1, fact 1)."""

from typing import TYPE_CHECKING, Any

from connectors.reading import read_dict, read_list, read_text
from inbox.incoming import PossibleAct, ReplyTerms

if TYPE_CHECKING:
    from connectors.twitter.parse import Includes, Own

NOT_SUMMONED = (
    "X lets us answer in public only where we are mentioned or quoted, and this post does neither. "
    "Answer privately, or open the post on X."
)
# Who may answer a post, where only those whom it names may for certain (contract section 1.7, code 433).
ONLY_NAMED = {"mentionedUsers", "mentioned_users"}
RESTRICTED = (
    "The writer lets only people answer whom the post names, and it does not name us. "
    "Answer privately, or open the post on X."
)
NO_MESSAGES = "This person does not accept private messages from our account."
PRIVATE_ONLY = "This was written privately, so it can be answered privately only."


def answer_terms(
    item: dict[str, Any], includes: "Includes", references: dict[str, str], own: "Own"
) -> ReplyTerms:
    """Return the terms of a public post."""
    author_id = str(item.get("author_id") or "")
    if author_id == own.id:
        return ReplyTerms()
    named = mentions_us(item, own)
    summoned = own.enterprise or named or quotes_us(includes, references, own)
    refusal = "" if summoned else NOT_SUMMONED
    if not named and item.get("reply_settings") in ONLY_NAMED:
        refusal = RESTRICTED
    closed = includes.users.get(author_id, {}).get("receives_your_dm") is False
    return ReplyTerms(
        public_refusal=refusal,
        private_refusal=NO_MESSAGES if closed else "",
        public_target=str(item["id"]),
        private_target=f"with:{author_id}",
    )


def possible_acts(item: dict[str, Any], references: dict[str, str], own: "Own") -> tuple[PossibleAct, ...]:
    """Return what may be done to a post: its hiding beneath our own posts, a like where the plan has it.

    Replies can be hidden only in conversations that we began (contract section 1.5); likes through the API
    are for Enterprise alone since 20 April 2026 (contract section 1.1).
    """
    if str(item.get("author_id") or "") == own.id:
        return ()
    parent, root = references.get("replied_to", ""), str(item.get("conversation_id") or "")
    ours = bool(parent) and parent == root and str(item.get("in_reply_to_user_id") or "") == own.id
    found = [PossibleAct("hide", str(item["id"]))] if ours else []
    found += [PossibleAct("like", str(item["id"]))] if own.enterprise else []
    return tuple(found)


def message_terms(thread: str, own: "Own") -> ReplyTerms:
    """Return the terms of a private message: 1:1 threads are named by both ids, groups by one number."""
    others = [part for part in thread.split("-") if part != own.id]
    is_pair = "-" in thread and len(others) == 1
    return ReplyTerms(
        public_refusal=PRIVATE_ONLY, private_target=f"with:{others[0]}" if is_pair else f"in:{thread}"
    )


def mentions_us(item: dict[str, Any], own: "Own") -> bool:
    """Say whether the post names our account."""
    note = read_dict(item, "note_tweet") or read_dict(item, "note_post")
    found = read_list(read_dict(item, "entities"), "mentions") + read_list(
        read_dict(note, "entities"), "mentions"
    )
    name = own.username.lower()
    if any(str(one.get("id")) == own.id or str(one.get("username", "")).lower() == name for one in found):
        return True
    return bool(name and not found and f"@{name}" in read_text(item, "text").lower())


def quotes_us(includes: "Includes", references: dict[str, str], own: "Own") -> bool:
    """Say whether the post quotes one of ours."""
    return includes.posts.get(references.get("quoted", ""), {}).get("author_id") == own.id
