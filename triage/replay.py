"""Judges messages that people have judged before, and sets the two side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.engine import Engine
from triage.labelled import Labelled
from triage.measures import Counts, Curve, count, recall_of_half
from triage.verdict import Level, Verdict


@dataclass(frozen=True, slots=True)
class Replay:
    """Labelled messages with the verdict of one engine on each, in the same order."""

    rows: tuple[Labelled, ...]
    verdicts: tuple[Verdict, ...]

    def figures(self) -> dict[str, float]:
        """Name to figure; shares between 0 and 1. What nobody labelled is left out."""
        scores = [verdict.score for verdict in self.verdicts]
        urgent = [row.urgent for row in self.rows]
        flagged = [verdict.level >= Level.URGENT for verdict in self.verdicts]
        curve, counts = Curve.of(scores, urgent), count(flagged, urgent)
        return {
            "recall": counts.recall(),
            "precision": counts.precision(),
            "F1": counts.f(1),
            "F2": counts.f(2),
            "PR-AUC": curve.area(),
            "recall at precision .50": curve.recall_at(0.5),
            "recall at precision .80": curve.recall_at(0.8),
            "recall when half are flagged": recall_of_half(scores, urgent),
            **_shares(self.rows, scores, flagged),
        }

    def by_level(self) -> dict[tuple[str, str], int]:
        """How many messages people called the first word and the rules the second."""
        pairs = zip(self.rows, self.verdicts, strict=True)
        return Counter(
            (row.level.word, verdict.level.word) for row, verdict in pairs if row.level is not None
        )

    def by_rule(self) -> list[tuple[str, int, float]]:
        """Rule, messages it spoke on, and the share of those that people called urgent."""
        hits: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for row, verdict in zip(self.rows, self.verdicts, strict=True):
            for name in {reason.rule for reason in verdict.reasons}:
                hits[name] += 1
                kept[name] += row.urgent
        return [(name, number, kept[name] / number) for name, number in hits.most_common()]


def replay(rows: Iterable[Labelled], engine: Engine) -> Replay:
    judged = tuple(rows)
    return Replay(judged, tuple(engine.assess(row.facts) for row in judged))


def _shares(rows: tuple[Labelled, ...], scores: list[float], flagged: list[bool]) -> dict[str, float]:
    critical = [row.level is Level.CRITICAL for row in rows]
    lookalike = [row.hard and not row.urgent for row in rows]
    shares: dict[str, float] = {}
    if any(critical):
        shares["critical flagged"] = _share(flagged, critical)
        shares["critical when half are flagged"] = recall_of_half(scores, critical)
    if any(lookalike):
        shares["alarms on hard look-alikes"] = _share(flagged, lookalike)
    return shares


def _share(flagged: list[bool], among: list[bool]) -> float:
    return sum(f for f, a in zip(flagged, among, strict=True) if a) / sum(among)


def at_starts(result: Replay, urgent: float) -> Iterator[tuple[float, Counts, float]]:
    """Where urgent would start, what came of it, alarms on look-alikes; four points either side."""
    said = [row.urgent for row in result.rows]
    lookalike = [row.hard and not row.urgent for row in result.rows]
    for quarters in range(-16, 17):
        start = urgent + quarters / 4
        flagged = [v.score >= start for v in result.verdicts]
        alarms = _share(flagged, lookalike) if any(lookalike) else 0.0
        yield start, count(flagged, said), alarms
