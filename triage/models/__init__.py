"""Rows of triage: versions of the rules, what is tried with them, what is learned from people."""

from triage.models.learning import LabelReview, Suggestion, SuggestionState
from triage.models.live import Activation, Ask, Live
from triage.models.replays import Difference, Replay, ReplayState, Shadow, ShadowVerdict
from triage.models.routing import SkillRoute
from triage.models.versions import Change, Draft, DraftState, Snapshot, Version

__all__ = [
    "Activation",
    "Ask",
    "Change",
    "Difference",
    "Draft",
    "DraftState",
    "LabelReview",
    "Live",
    "Replay",
    "ReplayState",
    "Shadow",
    "ShadowVerdict",
    "SkillRoute",
    "Snapshot",
    "Suggestion",
    "SuggestionState",
    "Version",
]
