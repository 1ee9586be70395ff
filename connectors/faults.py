"""From what the network did to one of connectors.errors; texts never carry an address with a token."""

import logging

import requests

from connectors.addresses import AddressRefused
from connectors.allowance import LimitReached
from connectors.errors import ConnectorError, RateLimited, Transient, UnknownOutcome
from connectors.http import AnswerTooLarge, HostRefused

log = logging.getLogger(__name__)


class BrokenAnswer(Transient):
    """A platform's answer to a read that makes no sense; `raw` is what came, for people to look at."""

    proves_unsent = False

    def __init__(self, sentence: str, *, raw: bytes, code: str = "broken") -> None:
        super().__init__(sentence, code=code)
        self.raw = raw


def explain_network(error: Exception, *, writing: bool, name: str) -> ConnectorError:
    """Return what a requests error means for a read or a write to the platform called `name`.

    Only proof that the connection was never made lets a write be tried again by itself (contract 0.1).
    """
    cause = type(error).__name__
    if isinstance(error, LimitReached):
        return RateLimited(f"{name} allows no more requests for now.", until=error.until, code="allowance")
    log.info("%s could not be reached: %s", name, cause)
    if isinstance(error, HostRefused | AddressRefused) or is_caused_by(error, AddressRefused):
        return Transient(f"{name} could not be called: its address is not allowed.", code="address")
    if getattr(error, "unsent", False):
        return Transient(f"{name} could not be reached.", code=cause)
    if writing:
        return UnknownOutcome(f"{name} did not answer clearly, so it may have gone out.", code=cause)
    if isinstance(error, AnswerTooLarge):
        return Transient(f"{name} sent an answer that is too large.", code=cause)
    if isinstance(error, requests.Timeout):
        return Transient(f"{name} did not answer in time.", code=cause)
    return Transient(f"{name} could not be reached.", code=cause)


def is_caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Say whether `kind` is anywhere among the causes (the libraries wrap them in their own)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, kind):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
