"""X at the door: who calls, with what right, within which limits."""

from email.utils import format_datetime

from sandbox.accounts import CONSUMER_KEY, CONSUMER_SECRET, Account, X
from sandbox.faults import Fault
from sandbox.serving.call import Admission, Answer, Call
from sandbox.world import World
from sandbox.x import errors, signature
from sandbox.x.limits import Limits
from sandbox.x.tokens import Tokens

APP_BEARER = "sandbox-app-bearer"
"""The app-only token: reads what is public, acts for nobody."""

_PUBLIC = frozenset(
    {"mentions", "user_tweets", "tweets_lookup", "tweet", "users_lookup", "search_recent", "quote_tweets"}
)
_APP = "app"


class XPlatform:
    """What `serving.Door` asks of X."""

    channel = X

    def __init__(self, world: World, limits: Limits) -> None:
        self.world = world
        self.tokens: Tokens = world.x_tokens
        self._limits = limits

    def admit(self, call: Call, operation: str) -> Admission:
        header = call.headers.get("authorization", "")
        scheme, _, rest = header.partition(" ")
        if scheme.lower() == "bearer" and rest == APP_BEARER:
            return self._admit_app(operation)
        account = self._account(call, scheme.lower(), rest)
        if account is None or self.world.accounts.broken_token(account) is not None:
            return Admission(refusal=errors.unauthorised())
        return self._within_limits(account, account.id, operation)

    def failure(self, fault: Fault) -> Answer:
        answer = errors.of_fault(fault)
        if answer.status == 429:
            reset = int(self.world.clock.now().timestamp() + fault.seconds(60))
            answer.headers["x-rate-limit-remaining"] = "0"
            answer.headers["x-rate-limit-reset"] = str(reset)
        return answer

    def bad_body(self, sentence: str) -> Answer:
        return errors.invalid("body", "", sentence)

    def _admit_app(self, operation: str) -> Admission:
        if operation not in _PUBLIC:
            return Admission(
                refusal=errors.app_only("Supported authentication types are OAuth 1.0a User Context.")
            )
        return self._within_limits(None, _APP, operation)

    def _account(self, call: Call, scheme: str, rest: str) -> Account | None:
        if scheme == "bearer":
            return self.tokens.bearer(rest, self.world.clock.now())
        if scheme != "oauth":
            return None
        given = signature.fields(rest)
        account = self.world.accounts.by_credential(X, "access_token", given.get("oauth_token", ""))
        if account is None or given.get("oauth_consumer_key") != CONSUMER_KEY:
            return None
        token_secret = account.credentials["access_token_secret"]
        return account if signature.genuine(call, given, CONSUMER_SECRET, token_secret) else None

    def _within_limits(self, account: Account | None, key: str, operation: str) -> Admission:
        now = self.world.clock.now()
        fine, headers = self._limits.take(operation, key, now)
        headers["date"] = format_datetime(now, usegmt=True)
        headers["x-access-level"] = "read-write-directmessages"
        if fine:
            return Admission(account=account, headers=headers)
        refusal = errors.problem(429, "Too Many Requests")
        return Admission(account=account, refusal=refusal, headers=headers)
