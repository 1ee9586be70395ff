"""Orders for faults, as scripts give them."""

from typing import Any

from sandbox.accounts import CHANNELS, MAIL, X
from sandbox.faults import Fault
from sandbox.mail import MAIL_FAULTS
from sandbox.mail import tokens as mail_tokens
from sandbox.serving.spoil import CHANGES
from sandbox.serving.wire import INSTEAD, ON_THE_WIRE
from sandbox.town_api import asked
from sandbox.town_api.asked import Bad
from sandbox.world import World

TOKENS = {"revoke_token": "revoked", "expire_token": "expired"}
HTTP_FAULTS = frozenset({"malformed", *CHANGES, *INSTEAD, *ON_THE_WIRE})
_OWN = ("channel", "operation", "fault", "times", "skip", "account")


def order(world: World, item: dict[str, Any]) -> dict[str, Any]:
    """Carry out or remember one order; gives it back as understood. Bad: it cannot be followed."""
    channel = asked.text_of(item, "channel")
    if channel not in (*CHANNELS, "*"):
        raise Bad(f"'channel' must be {', '.join(CHANNELS)} or *.")
    fault = asked.text_of(item, "fault")
    if fault in TOKENS:
        return _break_tokens(world, channel, fault, asked.maybe_text(item, "account"))
    known = MAIL_FAULTS if channel == MAIL else HTTP_FAULTS
    if channel != "*" and fault not in known:
        raise Bad(f"There is no fault {fault!r}; there are {', '.join(sorted({*known, *TOKENS}))}.")
    return _remember(world, channel, fault, item)


def _remember(world: World, channel: str, fault: str, item: dict[str, Any]) -> dict[str, Any]:
    made = Fault(
        channel=channel,
        operation=asked.text_of(item, "operation", "*"),
        fault=fault,
        times=int(asked.number(item.get("times", 1), "times", 0, 1_000_000)),
        skip=int(asked.number(item.get("skip", 0), "skip", 0, 1_000_000)),
        account=asked.maybe_text(item, "account"),
        more={name: value for name, value in item.items() if name not in _OWN},
    )
    _check(made)
    world.faults.order(made)
    return {"channel": channel, "operation": made.operation, "fault": fault, "times": made.times, **made.more}


def _check(fault: Fault) -> None:
    """Bad: a number that the fault needs is none."""
    for name, least, most in (("seconds", 0, 86_400), ("status", 200, 599), ("code", 0, 10_000_000)):
        if name in fault.more:
            asked.number(fault.more[name], name, least, most)
    if fault.fault == "status" and "status" not in fault.more:
        raise Bad("A fault of kind 'status' needs its 'status', such as 429.")


def _break_tokens(world: World, channel: str, fault: str, account: str | None) -> dict[str, Any]:
    """Tokens break at once and stay so until the faults are cleared or, on X, a new one is fetched."""
    if channel == "*":
        raise Bad("Tokens break on one channel: name it.")
    found = world.accounts.pick(channel, account)
    if channel == MAIL:
        # Only what was issued by the token address; passwords and the built-in token stay good.
        (mail_tokens.expire if fault == "expire_token" else mail_tokens.revoke)(world.store, found.handle)
    elif channel == X and fault == "expire_token":
        world.x_tokens.expire(found.id, world.clock.now())
    elif channel in world.sites:
        world.sites[channel].break_tokens(found.id, TOKENS[fault])
    else:
        world.accounts.break_token(found, TOKENS[fault])
    world.journal.add("fault", channel, {"fault": fault, "account": found.id})
    return {"channel": channel, "fault": fault, "account": found.id}
