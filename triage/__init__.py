"""Grades what the public write: `from triage import assess, Facts, Verdict, Level`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triage.facts import Facts as Facts
    from triage.live import assess as assess
    from triage.live import current_version as current_version
    from triage.verdict import Level as Level
    from triage.verdict import Reason as Reason
    from triage.verdict import Verdict as Verdict

_HOMES = {
    "Facts": "triage.facts",
    "Level": "triage.verdict",
    "Reason": "triage.verdict",
    "Verdict": "triage.verdict",
    "assess": "triage.live",
    "current_version": "triage.live",
}
__all__ = ["Facts", "Level", "Reason", "Verdict", "assess", "current_version"]


def __getattr__(name: str) -> Any:
    # Late, so that a process that only needs the app's name does not compile the packs.
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
