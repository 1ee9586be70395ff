"""How each account is, in a word and a sentence, for the truth strip."""

from dataclasses import dataclass

from connectors.backfill import list_told, say_gap
from connectors.health import describe_health
from connectors.machinery import describe_standstill
from connectors.models import Account
from connectors.records import Gap


@dataclass(frozen=True)
class AccountLine:
    """One account: `word` is shown, `sentence` explains, `tone` is empty, late, bad or off."""

    word: str
    sentence: str
    tone: str = ""


def list_accounts() -> list[AccountLine]:
    """Return a line for every account; before them, when it is so, that nothing is collected at all."""
    accounts = list(Account.objects.defer("secrets", "cursor", "config"))
    lines = [describe_account(account) for account in accounts]
    gaps = list_told()
    lines += [describe_gap(account, gaps[account.pk]) for account in accounts if account.pk in gaps]
    standstill = describe_standstill() if lines else None
    if standstill:
        tone = "bad" if standstill.is_loud else "late"
        lines.insert(0, AccountLine(standstill.word, standstill.sentence, tone))
    return lines


def describe_gap(account: Account, gap: Gap) -> AccountLine:
    """Return the line that says what was collected late, or is being so."""
    tone = "" if gap.finished_at else "late"
    return AccountLine(
        f"{account.capabilities.label}: {say_gap(gap)}", f"{account.name}: {say_gap(gap)}.", tone
    )


def describe_account(account: Account) -> AccountLine:
    """Return the account's line: its channel's name while all is well, else what is wrong."""
    line = describe_health(account)
    name = account.capabilities.label
    if line.ok:
        return AccountLine(name, f"{account.name}: {line.sentence}.")
    tone = "off" if line.word == "paused" else "bad" if line.is_loud else "late"
    return AccountLine(line.sentence, f"{account.name}: {line.sentence}. {line.detail}".strip(), tone)
