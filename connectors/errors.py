"""What can go wrong with a channel, as one small set of kinds (contract section 0.5).

A connector maps every answer of its platform to one of these, by code and never by text.
"""

from datetime import datetime


class ConnectorError(Exception):
    """Something the platform or the network said no to. `sentence` is fit for a screen."""

    kind = "unknown"
    # May a reply that met this be tried again by itself? Only where it is proven that nothing was sent.
    proves_unsent = False

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class AuthExpired(ConnectorError):
    """The token ran out; refresh once, then AuthRevoked."""

    kind = "auth_expired"
    proves_unsent = True


class AuthRevoked(ConnectorError):
    """The access was taken back: a person must connect the account again."""

    kind = "auth_revoked"
    proves_unsent = True


class PermissionMissing(ConnectorError):
    """The access does not cover this action."""

    kind = "permission_missing"
    proves_unsent = True


class RateLimited(ConnectorError):
    """Too many requests; `until` says when to come back (aware, UTC)."""

    kind = "rate_limited"
    proves_unsent = True

    def __init__(self, sentence: str, *, until: datetime, code: str = "") -> None:
        super().__init__(sentence, code=code)
        self.until = until


class QuotaExhausted(ConnectorError):
    """Credits or a monthly cap are used up; no time is given."""

    kind = "quota_exhausted"
    proves_unsent = True


class Duplicate(ConnectorError):
    """The platform says it has this text already: evidence to look, neither success nor failure."""

    kind = "duplicate"


class ParentGone(ConnectorError):
    """What was to be answered is deleted or hidden from us."""

    kind = "parent_gone"
    proves_unsent = True


class NotPermitted(ConnectorError):
    """The platform's rules forbid this reply: blocked, restricted, window closed."""

    kind = "not_allowed"
    proves_unsent = True


class InvalidContent(ConnectorError):
    """Too long, a bad file, a bad parameter."""

    kind = "invalid_content"
    proves_unsent = True


class Transient(ConnectorError):
    """A passing fault while reading, or proof that no request left while writing."""

    kind = "transient"
    proves_unsent = True


class UnknownOutcome(ConnectorError):
    """A write that may or may not have been carried out: time-out, reset, 5xx, broken answer."""

    kind = "unknown_outcome"
