"""Versions made into packs and engines, and which of them judges."""

import json
from functools import lru_cache

from triage.engine import Engine
from triage.live import engine as shipped_engine
from triage.live import pack as shipped_pack
from triage.models import Change, Draft, Live, Version
from triage.rules.edition import Changes, lay_over, load_files
from triage.rules.model import Pack

# A process that replays holds two engines beside the live one; each takes some 20 MB.
_ENGINES = 4


def find_live() -> Version | None:
    """The version that judges; None before the shipped rules were taken in."""
    row = Live.objects.select_related("version").first()
    return row.version if row else None


def need_live() -> Version:
    """The version that judges. Live.DoesNotExist before the shipped rules were taken in."""
    return Live.objects.select_related("version").get(pk=1).version


def load_pack(version: Version) -> Pack:
    """The version's rules as people read them. RuleError when this engine cannot read them any more."""
    return _pack(version.pk)


def load_engine(version: Version) -> Engine:
    """The engine that judges by this version."""
    return _engine(version.pk)


def list_changes(draft: Draft) -> dict[str, Change]:
    """The latest change to each rule of the draft, in the order of their rules' first change."""
    latest: dict[str, Change] = {}
    for change in Change.objects.filter(draft=draft).select_related("author").order_by("id"):
        latest[change.rule] = change
    return {rule: change for rule, change in latest.items() if not change.undone}


def sum_changes(draft: Draft) -> dict[str, str | None]:
    """What lies over the snapshot when the draft is published: its parent's changes and its own."""
    own = {rule: change.text for rule, change in list_changes(draft).items()}
    return {**draft.parent.changes, **own}


def load_draft(draft: Draft) -> Pack:
    """The rules as the draft has them. RuleError when one of them cannot be used."""
    return lay_over(load_base(draft.parent), sum_changes(draft))


def load_base(version: Version) -> Pack:
    """The shipped rules that the version was laid over."""
    return _base(version.base_id)


def engine_of(base: str, changes: Changes) -> Engine:
    """The engine of a snapshot with changes. RuleError when they cannot be used."""
    return _engine_of(base, json.dumps(dict(changes)))


@lru_cache(maxsize=_ENGINES)
def _engine_of(base: str, changes: str) -> Engine:
    pack = lay_over(_base(base), json.loads(changes))
    return shipped_engine() if pack.version == shipped_pack().version else Engine(pack)


@lru_cache(maxsize=_ENGINES)
def _base(name: str) -> Pack:
    from triage.models import Snapshot

    if shipped_pack().version == name:
        return shipped_pack()
    return load_files(Snapshot.objects.get(pk=name).files)


@lru_cache(maxsize=_ENGINES * 2)
def _pack(version_id: int) -> Pack:
    version = Version.objects.get(pk=version_id)
    return lay_over(_base(version.base_id), version.changes)


@lru_cache(maxsize=_ENGINES)
def _engine(version_id: int) -> Engine:
    version = Version.objects.get(pk=version_id)
    return engine_of(version.base_id, version.changes)
