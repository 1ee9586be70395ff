"""The engine that grades what comes in: the shipped packs, compiled once in each process."""

from functools import cache

from triage.engine import Engine
from triage.facts import Facts
from triage.rules.load import load
from triage.rules.model import Pack
from triage.verdict import Verdict


@cache
def engine() -> Engine:
    """The live engine; RuleError when the shipped packs cannot be used, which a start must not survive."""
    return Engine(pack())


@cache
def pack() -> Pack:
    """The live rules as people read them."""
    return load()


def assess(facts: Facts) -> Verdict:
    """The verdict of the live rules on `facts`."""
    return engine().assess(facts)


def current_version() -> str:
    """Names the live rules; stored with every verdict."""
    return engine().version
