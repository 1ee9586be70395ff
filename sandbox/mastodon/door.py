"""Mastodon at the door: tokens, limits, refusals in its own words (contract section 8)."""

from datetime import UTC, datetime
from typing import Any

from sandbox.accounts import Account
from sandbox.buckets import Buckets, Taken
from sandbox.faults import Fault
from sandbox.mastodon.issuer import MASTODON
from sandbox.serving.call import Admission, Answer, Call
from sandbox.serving.call import Refused as RefusedCall
from sandbox.world import World

CALLS, SPAN = 300, 300
UPLOADS, UPLOAD_SPAN = 30, 1800
OPEN = frozenset({"instance"})
TITLES = {
    401: "The access token is invalid",
    403: "This action is not allowed",
    404: "Record not found",
    410: "Record not found",
    422: "Validation failed",
    429: "Too many requests",
    500: "Internal Server Error",
    503: "Remote data could not be fetched",
}
_PAGE = b"<!DOCTYPE html><html><head><title>503</title></head><body>We're sorry.</body></html>"


class Refused(RefusedCall):
    """A call that cannot be done; carries the answer to give."""

    def __init__(self, status: int, sentence: str = "") -> None:
        super().__init__(refusal(status, sentence))


def refusal(status: int, sentence: str = "") -> Answer:
    told = sentence or TITLES.get(status, "Error")
    return Answer(status=status, body={"error": told}, note={"reason": told})


class MastodonPlatform:
    """What `serving.Door` asks of Mastodon."""

    channel = MASTODON

    def __init__(self, world: World, buckets: Buckets) -> None:
        self.world = world
        self._buckets = buckets

    def admit(self, call: Call, operation: str) -> Admission:
        if operation in OPEN:
            return Admission()
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        account = self.world.accounts.by_credential(MASTODON, "access_token", token)
        if scheme.lower() != "bearer" or account is None or self.world.accounts.broken_token(account):
            return Admission(account=account, refusal=refusal(401))
        return self._within_limits(account, operation)

    def failure(self, fault: Fault) -> Answer:
        status = int(fault.more.get("status", 503))
        if fault.fault == "html":
            return Answer(status=status, body=_PAGE, media_type="text/html; charset=utf-8")
        if fault.fault == "empty":
            return Answer(status=status, body={})
        answer = refusal(status, str(fault.more.get("message", "")))
        if status == 429:
            reset = self.world.clock.now().timestamp() + fault.seconds(60)
            answer.headers.update(_headers(Taken(False, CALLS, 0, int(reset))))
        return answer

    def bad_body(self, sentence: str) -> Answer:
        return refusal(400, sentence)

    def _within_limits(self, account: Account, operation: str) -> Admission:
        uploading = operation == "media_upload"
        limit, span = (UPLOADS, UPLOAD_SPAN) if uploading else (CALLS, SPAN)
        taken = self._buckets.take(f"{account.id}:{uploading}", limit, span, self.world.clock.now())
        return Admission(
            account=account, refusal=None if taken.fine else refusal(429), headers=_headers(taken)
        )


def _headers(taken: Taken) -> dict[str, str]:
    """The time of the reset is written as ISO 8601, unlike on any other platform."""
    reset = datetime.fromtimestamp(taken.reset, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return {
        "x-ratelimit-limit": str(taken.limit),
        "x-ratelimit-remaining": str(taken.left),
        "x-ratelimit-reset": reset,
    }


def caller(call: Call) -> Any:
    """The account that calls, which the door has let in."""
    if call.account is None:
        raise Refused(401)
    return call.account
