"""Bluesky at the door: sessions, limits, refusals by name (contract section 7)."""

from sandbox.accounts import Account
from sandbox.bluesky.issuer import BLUESKY
from sandbox.bluesky.people import BlueskyTown
from sandbox.buckets import Buckets, Taken
from sandbox.faults import Fault
from sandbox.serving.call import Admission, Answer, Call
from sandbox.serving.call import Refused as RefusedCall
from sandbox.world import World

CHAT = "did:web:api.bsky.chat#bsky_chat"
REQUESTS, REQUEST_SPAN = 3_000, 300
POINTS, POINT_SPAN = 5_000, 3_600
SESSIONS, SESSION_SPAN = 30, 300
COST = {"createRecord": 3, "putRecord": 2, "deleteRecord": 1}
OPEN = frozenset({"createSession", "image"})
NAMES = {
    400: "InvalidRequest",
    401: "AuthenticationRequired",
    403: "Forbidden",
    404: "NotFound",
    429: "RateLimitExceeded",
    500: "InternalServerError",
    502: "UpstreamFailure",
    503: "NotEnoughResources",
}
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Refused(RefusedCall):
    """A call that cannot be done; carries the answer to give."""

    def __init__(self, name: str, message: str = "", status: int = 400) -> None:
        super().__init__(refusal(name, message, status))


def refusal(name: str, message: str = "", status: int = 400) -> Answer:
    return Answer(status=status, body={"error": name, "message": message or name}, note={"reason": name})


class BlueskyPlatform:
    """What `serving.Door` asks of Bluesky."""

    channel = BLUESKY

    def __init__(self, world: World, town: BlueskyTown, buckets: Buckets) -> None:
        self.world = world
        self._town, self._buckets = town, buckets

    def admit(self, call: Call, operation: str) -> Admission:
        if operation == "createSession":
            taken = self._take(f"session:{call.form.get('identifier')}", SESSIONS, SESSION_SPAN)
            return Admission(refusal=None if taken.fine else _limited(), headers=_headers(taken))
        if operation in OPEN:
            return Admission()
        kind = "refresh" if operation == "refreshSession" else "access"
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return Admission(refusal=refusal("AuthMissing", status=401))
        did, wrong = self._town.sessions.look(token, kind, self.world.clock.now())
        account = self.world.accounts.get(BLUESKY, did)
        if wrong or account is None:
            return Admission(account=account, refusal=refusal(wrong or "InvalidToken"))
        if operation.startswith("chat.") and call.headers.get("atproto-proxy") != CHAT:
            return Admission(account=account, refusal=refusal("MethodNotImplemented", status=501))
        return self._within_limits(account, operation)

    def failure(self, fault: Fault) -> Answer:
        status = int(fault.more.get("status", 502))
        if fault.fault == "html":
            return Answer(status=status, body=_PAGE, media_type="text/html")
        if fault.fault == "empty":
            return Answer(status=status, body={})
        answer = refusal(str(fault.more.get("title", NAMES.get(status, "InvalidRequest"))), status=status)
        if status == 429:
            reset = int(self.world.clock.now().timestamp() + fault.seconds(60))
            answer.headers.update(_headers(Taken(False, REQUESTS, 0, reset)))
        return answer

    def bad_body(self, sentence: str) -> Answer:
        return refusal("InvalidRequest", sentence)

    def _within_limits(self, account: Account, operation: str) -> Admission:
        taken = self._take("requests", REQUESTS, REQUEST_SPAN)
        if taken.fine and operation in COST:
            taken = self._take(f"points:{account.id}", POINTS, POINT_SPAN, COST[operation])
        return Admission(account=account, refusal=None if taken.fine else _limited(), headers=_headers(taken))

    def _take(self, key: str, limit: int, span: int, cost: int = 1) -> Taken:
        return self._buckets.take(key, limit, span, self.world.clock.now(), cost)


def caller(call: Call) -> Account:
    """The account that calls, which the door has let in."""
    if call.account is None:
        raise Refused("AuthMissing", status=401)
    return call.account


def _limited() -> Answer:
    return refusal("RateLimitExceeded", "Rate Limit Exceeded", 429)


def _headers(taken: Taken) -> dict[str, str]:
    return {
        "ratelimit-limit": str(taken.limit),
        "ratelimit-remaining": str(taken.left),
        "ratelimit-reset": str(taken.reset),
    }
