"""What a service says when it will not do what was asked; each carries a sentence for the screen."""


class InboxError(Exception):
    """The request was refused. `sentence` says what happened and what was kept; `code` is for scripts."""

    code = "refused"

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts


class NotAllowed(InboxError):
    """This member may not do that."""

    code = "not_allowed"


class AlreadyClaimed(InboxError):
    """Somebody else holds the conversation; `facts["holder"]` is their name."""

    code = "already_claimed"


class NotHolder(InboxError):
    """The claim has run out or gone to somebody else since (the fence has moved)."""

    code = "not_holder"


class MovedOn(InboxError):
    """The conversation has changed since the screen was drawn; `facts["version"]` is the present one."""

    code = "moved_on"


class WrongState(InboxError):
    """The state does not allow it."""

    code = "wrong_state"


class CannotReply(InboxError):
    """The channel, the window, the length or the account does not allow this reply."""

    code = "cannot_reply"


class KeyReused(InboxError):
    """The idempotency key came with another text before."""

    code = "key_reused"


class BadInput(InboxError):
    """Something needed is missing or malformed; `facts["field"]` names it."""

    code = "bad_input"
