"""What the composer may offer for a conversation, and why not, before anybody types (console rule 6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from inbox.capabilities import Capabilities, FileRules
from inbox.enums import ConversationState, Direction, ReplyState, Visibility
from inbox.length import measure
from inbox.models import Attachment, Conversation, Message

LOOK_BACK = 20
SPENT = (
    "This was answered privately already, and the channel takes one private answer to it. "
    "The talk goes on as soon as the person writes back."
)


@dataclass(frozen=True)
class Way:
    """One way of answering. A `refusal` in words means no; `limit` None means any length.

    `answers` is the message that would be answered, `closes_at` when the channel's window ends (aware).
    """

    visibility: str
    word: str
    refusal: str = ""
    limit: int | None = None
    length_rule: str = "characters"
    address_weight: int = 23
    closes_at: datetime | None = None
    # Until when the answer is free of conditions, where the window has a first and a second part.
    free_until: datetime | None = None
    # The first part of the window is over: only a person's own words may go out.
    by_hand: bool = False
    answers: Message | None = None
    recipients: tuple[str, ...] = ()
    price: str = ""
    price_linked: str = ""
    caution: str = ""
    # What is put beneath the text by itself.
    beneath: str = ""
    files: FileRules = field(default_factory=FileRules)
    # Why this one message can be answered with words only, or nothing.
    files_refusal: str = ""
    # What is wrong with the files that stand beneath the draft, if they went this way.
    files_problem: str = ""

    @property
    def allowed(self) -> bool:
        """Say whether it can be used now."""
        return not self.refusal

    def measure(self, text: str) -> int:
        """Return how long the channel counts `text`."""
        return measure(text, self.length_rule, self.address_weight)

    def explain_length(self, text: str) -> str:
        """Return why the text is too long, or nothing."""
        length = self.measure(text)
        if self.limit is None or length <= self.limit:
            return ""
        over = f"{length - self.limit:,} too long: {length:,} of {self.limit:,}"
        return f"The text is {over}. It was not sent, and it is kept. Shorten it and press again."

    def explain_files(self, files: Iterable[Attachment]) -> str:
        """Return why these files may not go out this way, or nothing."""
        every = [(file.name, file.media_type, file.size) for file in files]
        if every and self.files_refusal:
            return self.files_refusal
        return self.files.explain(every)


@dataclass(frozen=True)
class ComposerOptions:
    """Both ways with their terms; `preferred` is the one to show first ("note" when neither is open)."""

    public: Way
    private: Way
    preferred: str
    account_name: str
    account_address: str
    has_subject: bool
    price: str

    @property
    def speaks_as(self) -> str:
        """Return the name under which the public sees us: the address where people know it, else the name."""
        return self.account_address if "@" in self.account_address else self.account_name

    def with_files(self, files: Iterable[Attachment]) -> "ComposerOptions":
        """Return the same with what is wrong with the draft's files, the one way and the other."""
        every = list(files)
        public, private = (
            replace(way, files_problem=way.explain_files(every)) for way in (self.public, self.private)
        )
        return replace(self, public=public, private=private)

    def way(self, visibility: str) -> Way:
        """Return the way called "public" or "private"."""
        return self.public if visibility == Visibility.PUBLIC else self.private


def describe_composer(
    conversation: Conversation, now: datetime | None = None, known: Iterable[Message] | None = None
) -> ComposerOptions:
    """Return what can be answered at `now`; the conversation's account should be loaded with it.

    `known` are all its messages, oldest first, where they were loaded before.
    """
    moment = now or timezone.now()
    messages = find_answerable(conversation) if known is None else pick_answerable(known)
    facts = conversation.account.capabilities
    blocked = explain_block(conversation)
    spent = find_spent(conversation, messages)
    public = describe_way(Visibility.PUBLIC, messages, facts, blocked, moment)
    unspent = [message for message in messages if message.pk not in spent]
    private = describe_way(
        Visibility.PRIVATE, unspent, facts, blocked or explain_spent(messages, unspent), moment
    )
    return ComposerOptions(
        public=public,
        private=private,
        preferred=prefer(conversation, public, private),
        account_name=conversation.account.name,
        account_address=conversation.account.address,
        has_subject=facts.has_subject,
        price=facts.price,
    )


def find_answerable(conversation: Conversation) -> list[Message]:
    """Return the newest messages of the public that are still there, newest first."""
    rows = conversation.messages.filter(direction=Direction.IN, deleted_at=None, unreadable=False)
    # A machine's message (a bounce, an out-of-office note) is never what a person wants to answer.
    lean = rows.filter(automatic=False).select_related("handle").defer("search", "html", "quoted")
    return list(lean.order_by("-received_at", "-id")[:LOOK_BACK])


def pick_answerable(messages: Iterable[Message]) -> list[Message]:
    """Return what `find_answerable` does, of messages that are at hand."""
    found = [
        one
        for one in messages
        if one.direction == Direction.IN and not (one.deleted_at or one.unreadable or one.automatic)
    ]
    return sorted(found, key=lambda one: (one.received_at, one.pk), reverse=True)[:LOOK_BACK]


def find_spent(conversation: Conversation, messages: list[Message]) -> set[int]:
    """Return the ids of messages that take one private answer and have it, or may have it."""
    once = [message.pk for message in messages if message.terms.get("private_once")]
    if not once:
        return set()
    gone = (ReplyState.FAILED, ReplyState.CANCELLED)
    answered = conversation.replies.filter(visibility=Visibility.PRIVATE, answers__in=once).exclude(
        state__in=gone
    )
    return {pk for pk in answered.values_list("answers_id", flat=True) if pk}


def explain_spent(messages: list[Message], unspent: list[Message]) -> str:
    """Return why nothing is left that can be answered privately, or nothing."""
    return SPENT if messages and not unspent else ""


def explain_block(conversation: Conversation) -> str:
    """Return why nothing at all can leave, or nothing."""
    account = conversation.account
    if account.state == "paused":
        return f"{account.name} is paused. Nothing can be sent until an admin resumes it."
    if account.state != "active":
        return f"{account.name} is not connected. Nothing can be sent until an admin connects it again."
    if conversation.state == ConversationState.RESOLVED:
        return "The conversation is resolved. Reopen it to answer."
    return ""


def describe_way(
    visibility: str, messages: list[Message], facts: Capabilities, blocked: str, now: datetime
) -> Way:
    """Return one way of answering, with the newest message that can be answered so."""
    is_public = visibility == Visibility.PUBLIC
    offered = facts.public if is_public else facts.private
    refusals = [explain_refusal(message, visibility, now) for message in messages] if offered else []
    index = next((place for place, refusal in enumerate(refusals) if not refusal), None)
    target = None if index is None else messages[index]
    refusal = blocked
    if not refusal and target is None:
        refusal = refusals[0] if refusals else explain_absence(visibility, offered)
    terms: dict[str, Any] = target.terms if target else {}
    return Way(
        visibility=visibility,
        word=facts.public_word if is_public else facts.private_word,
        refusal=refusal,
        limit=facts.length_limit(visibility),
        length_rule=facts.length_rule,
        address_weight=facts.address_weight,
        closes_at=None if is_public else read_closing(terms),
        free_until=None if is_public else read_moment(terms, "private_free_until", after=now),
        by_hand=not is_public and is_by_hand(terms, now),
        answers=target,
        recipients=tuple(terms.get("recipients") or ()),
        price=facts.price_public if is_public else facts.price_private,
        price_linked=facts.price_public_linked if is_public else "",
        caution=explain_newcomer(target) if target else "",
        beneath="" if is_public else facts.signature,
        files=facts.file_rules(visibility),
        files_refusal=str(terms.get(f"{visibility}_files_refusal") or ""),
    )


def explain_refused(message: Message) -> str:
    """Return which of its recipients an answer did not reach, or nothing."""
    refused = [str(one) for one in message.terms.get("refused") or ()]
    return f"Sent, but not to everybody. {' '.join(refused)}" if refused else ""


def explain_newcomer(message: Message) -> str:
    """Return the caution for a message whose author came into the thread with it, or nothing."""
    if not message.terms.get("newcomer"):
        return ""
    who = message.handle.address or message.handle.name if message.handle else ""
    return (
        f"{who or 'Its sender'} was not in this conversation before and was not named in it. "
        "Whoever knows a mail's number can write into its thread: tell them nothing of what others wrote."
    )


def explain_refusal(message: Message, visibility: str, now: datetime) -> str:
    """Return why this message cannot be answered so, or nothing."""
    terms = message.terms
    refusal = str(terms.get(f"{visibility}_refusal") or "")
    if refusal:
        return refusal
    if not terms.get(f"{visibility}_target"):
        return explain_absence(visibility, offered=True)
    closes = read_closing(terms) if visibility == Visibility.PRIVATE else None
    if closes and closes <= now:
        when = localtime(closes).strftime("%H:%M on %-d %B")
        return f"The time for a private answer ran out at {when}. It opens again when the person writes."
    return ""


def explain_absence(visibility: str, offered: bool) -> str:
    """Return the sentence for a way that is not there."""
    kind = "public" if visibility == Visibility.PUBLIC else "private"
    if not offered:
        return f"This channel has no {kind} replies."
    return f"There is nothing here that can be answered with a {kind} reply."


def read_closing(terms: dict[str, Any]) -> datetime | None:
    """Return when the private window closes (None: it does not)."""
    return read_moment(terms, "private_until")


def read_moment(terms: dict[str, Any], name: str, after: datetime | None = None) -> datetime | None:
    """Return a moment of the terms; None when there is none, or it is not after `after`."""
    value = terms.get(name)
    moment = parse_datetime(value) if isinstance(value, str) else None
    return None if moment is None or (after is not None and moment <= after) else moment


def is_by_hand(terms: dict[str, Any], now: datetime) -> bool:
    """Say whether the first part of the window is over, so that only a person's own words may go out."""
    free_until = read_moment(terms, "private_free_until")
    return free_until is not None and free_until <= now


def prefer(conversation: Conversation, public: Way, private: Way) -> str:
    """Return the way to show first: the one in which the person wrote, if it is open."""
    first, second = (public, private) if conversation.visibility == Visibility.PUBLIC else (private, public)
    chosen = next((way for way in (first, second) if way.allowed), None)
    return chosen.visibility if chosen else "note"
