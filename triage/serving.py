"""Judges by the version that is live in the database; every process follows a change within a second."""

import logging
import threading
import time
from dataclasses import dataclass

from triage.engine import Engine
from triage.facts import Facts
from triage.live import engine as shipped_engine
from triage.live import pack as shipped_pack
from triage.rules.model import Pack, RuleError
from triage.verdict import Verdict

# How old the knowledge of what is live may be: asking costs one look at one row by its key.
ASK_AFTER = 0.5
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Serving:
    """What this process judges by; `version_id` None stands for the shipped rules."""

    version_id: int | None
    engine: Engine
    pack: Pack


class _Desk:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._serving: _Serving | None = None
        self._asked = 0.0

    def current(self) -> _Serving:
        serving = self._serving
        if serving is not None and time.monotonic() - self._asked < ASK_AFTER:
            return serving
        with self._lock:
            if self._serving is None or time.monotonic() - self._asked >= ASK_AFTER:
                self._serving = _follow(self._serving)
                self._asked = time.monotonic()
            return self._serving

    def known(self) -> Pack:
        """The rules as this process last knew them, without asking."""
        return self._serving.pack if self._serving else shipped_pack()

    def forget(self) -> None:
        self._asked = 0.0


def assess(facts: Facts) -> Verdict:
    """The verdict of the live version on `facts`."""
    return _desk.current().engine.assess(facts)


def live_pack() -> Pack:
    """The live rules as people read them."""
    return _desk.current().pack


def known_pack() -> Pack:
    """The live rules as this process last knew them; asks nobody."""
    return _desk.known()


def forget() -> None:
    """Ask anew at the next message: this very process has just changed what is live."""
    _desk.forget()


def _follow(before: _Serving | None) -> _Serving:
    from triage.models import Live
    from triage.queries.editions import load_engine, load_pack

    row = Live.objects.filter(pk=1).first()
    version_id = row.version_id if row else None
    if before is not None and before.version_id == version_id:
        return before
    if row is None:
        return _Serving(None, shipped_engine(), shipped_pack())
    try:
        return _Serving(version_id, load_engine(row.version), load_pack(row.version))
    except RuleError:
        # The product is newer than the desk's own rules and cannot read them: judging must go on.
        log.exception("%s cannot be used any more; the shipped rules judge instead.", row.version)
        return _Serving(version_id, shipped_engine(), shipped_pack())


_desk = _Desk()
