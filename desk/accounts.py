"""How each account is, in a word and a sentence, for the truth strip."""

from dataclasses import dataclass

from django.utils import timezone

from connectors.models import Account, AccountState
from desk.clock import spell_moment, spell_span

LATE_AFTER = 4  # polls missed before people are told


@dataclass(frozen=True)
class AccountLine:
    """One account: `word` is shown, `sentence` explains, `tone` is empty, late, bad or off."""

    word: str
    sentence: str
    tone: str = ""


def describe_account(account: Account) -> AccountLine:
    """Return the account's line."""
    name = account.capabilities.label
    since = account.last_collected_at
    if account.state == AccountState.PAUSED:
        return AccountLine(f"{name} paused", f"{account.name}: paused by an admin.", "off")
    if account.state == AccountState.RECONNECT:
        when = spell_moment(account.failing_since) if account.failing_since else "an unknown time"
        return AccountLine(f"{name} not connected", f"{account.name}: not connected since {when}.", "bad")
    if since is None:
        return AccountLine(f"{name} not yet collected", f"{account.name}: nothing was collected yet.", "late")
    behind = (timezone.now() - since).total_seconds()
    if behind > max(60, LATE_AFTER * account.poll_seconds):
        words = spell_span(behind)
        return AccountLine(f"{name} {words} behind", f"{account.name}: last collected {words} ago.", "late")
    return AccountLine(name, f"{account.name}: last collected {spell_span(behind)} ago.")
