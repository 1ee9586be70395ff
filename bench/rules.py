"""The rules: how fast they judge and explain, what hostile texts and patterns cost, how long a fit takes.

`python -m bench.rules` runs this part alone. Times are processor time, which other work sways least.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.texts import write_text
from triage.engine import Engine
from triage.facts import Facts
from triage.fit import Lesson, Limits, Strength, fit
from triage.labelled import read_labelled
from triage.replay import replay
from triage.rules.load import load
from triage.rules.model import Pack, Rule, RuleError

ROOT = Path(__file__).parent.parent
CONTACTS = ROOT / "tests" / "triage" / "contacts"
DISASTERS = ROOT.parent / "shared" / "triage" / "data" / "fig8_direct.jsonl"
MEGABYTE = 1_000_000
PATTERNS = 1_000
ROWS, FEATURES, SPOKEN = 60_000, 500, 6
ROUNDS = 5


def main() -> None:
    """Print every figure of this part."""
    pack = load()
    engine = Engine(pack)
    print(f"rules             {len(pack.rules)} in the shipped packs, fully explained verdicts", flush=True)
    for name, facts in gather_texts():
        measure_speed(name, engine, facts)
    measure_replay(engine)
    measure_hostile_texts(engine)
    measure_hostile_patterns(pack)
    measure_fit()


def gather_texts() -> Iterator[tuple[str, list[Facts]]]:
    """Yield sets of messages with their names; the disaster messages only where they are at hand."""
    yield "short contacts", [Facts(text=write_text(number)) for number in range(1_000)]
    own = [
        json.loads(line)
        for path in sorted(CONTACTS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    yield "long contacts", [Facts(text=row["text"], thread=tuple(row.get("thread") or ())) for row in own]
    if DISASTERS.exists():
        lines = DISASTERS.read_text(encoding="utf-8").splitlines()
        yield "disaster messages", [Facts(text=json.loads(line)["text"]) for line in lines]


def measure_speed(name: str, engine: Engine, facts: Sequence[Facts]) -> None:
    """Print messages a second, and the middle and slow end of single ones, each the best of ROUNDS."""
    best = [9e9] * len(facts)
    whole = 9e9
    for _ in range(ROUNDS):
        begun = time.process_time()
        for index, one in enumerate(facts):
            start = time.perf_counter()
            engine.assess(one)
            best[index] = min(best[index], time.perf_counter() - start)
        whole = min(whole, time.process_time() - begun)
    best.sort()
    length = sum(len(one.text) for one in facts) // len(facts)
    print(
        f"judge             {len(facts) / whole:8.0f} {name} a processor second ({length} characters each); "
        f"p50 {best[len(best) // 2] * 1000:.3f} ms, p99 {best[int(len(best) * 0.99)] * 1000:.3f} ms",
        flush=True,
    )


def measure_replay(engine: Engine) -> None:
    """Print how long a replay of labelled messages takes, and what a million of them would."""
    rows = [json.dumps({"text": write_text(number), "urgent": number % 2}) for number in range(50_000)]
    taken = clock(lambda: replay(read_labelled(rows), engine).figures())
    print(f"replay            50,000 in {taken:.1f} s, so a million in {taken * 20:.0f} s of processor time")


def measure_hostile_texts(engine: Engine) -> None:
    """Print the slowest of messages of a million characters."""
    units = (
        "a",
        " ",
        "help ",
        "\n",
        "@",
        "1",
        "#",
        "é",
        "🔥",
        "not ",
        "a.b@",
        "http://",
        ",",
        "\u200b",
        "ا",
        "he's ",
    )
    taken = {}
    for unit in units:
        facts = Facts(text=unit * (MEGABYTE // len(unit)))
        taken[unit] = clock(partial(engine.assess, facts))
    worst = max(taken, key=lambda unit: taken[unit])
    print(
        f"hostile texts     {len(units)} of a million characters, slowest {taken[worst] * 1000:.1f} ms "
        f"({worst!r} again and again)"
    )


def measure_hostile_patterns(pack: Pack) -> None:
    """Print how many of the patterns were refused, and the slowest message under those that were not."""
    text = Facts(text="aab ab " * (MEGABYTE // 7))
    refused, slowest = 0, 0.0
    for pattern in invent_patterns(PATTERNS):
        rule = Rule(id="bench.hostile", title="Hostile", category="bench", pattern=pattern, weight=1.0)
        try:
            engine = Engine(replace(pack, rules=(rule,)))
        except RuleError:
            refused += 1
            continue
        slowest = max(slowest, clock(partial(engine.assess, text)))
    print(
        f"hostile patterns  {PATTERNS} tried, {refused} refused, the others judge a million characters "
        f"in at most {slowest * 1000:.1f} ms",
        flush=True,
    )


def invent_patterns(count: int) -> list[str]:
    """Return patterns that stop other engines: nested repetition, huge counts, what does not parse."""
    chance = random.Random(7)
    atoms = (
        "a",
        "aa",
        "(a|b)",
        "[ab]",
        ".",
        r"\w",
        r"\s",
        "(a|aa)",
        r"\p{L}",
        "(?i:a)",
        r"\b",
        "(?=a)",
        r"\1",
        "[",
        "(",
    )
    tails = ("+", "*", "{1,1000}", "{900}", "?", "", "{2,}", "{1,100000}", "**", "+?")
    made = []
    for _ in range(count):
        part = chance.choice(atoms)
        for _ in range(chance.randrange(1, 6)):
            part = f"({part}{chance.choice(tails)}{chance.choice(atoms)}){chance.choice(tails)}"
        made.append(part + chance.choice(("$", "", "b", ".*.*.*x")))
    return made


def measure_fit() -> None:
    """Print how long FEATURES weights take on ROWS messages of about SPOKEN rules each."""
    chance = random.Random(11)
    truth = [chance.uniform(-1, 1.5) for _ in range(FEATURES)]
    rows = [dict.fromkeys(chance.sample(range(FEATURES), SPOKEN), 1.0) for _ in range(ROWS)]
    urgent = [sum(truth[f] for f in row) + chance.gauss(0, 1) > 2 for row in rows]
    lesson = Lesson(rows, urgent, [1.0] * ROWS)
    limits = Limits([1 if size > 0 else -1 for size in truth], [0.0] * FEATURES, [8.0] * FEATURES)
    taken = clock(lambda: fit(lesson, limits, Strength()))
    print(
        f"fit               {FEATURES} weights on {ROWS} messages in {taken:.1f} s of processor time",
        flush=True,
    )


def clock(action: Callable[[], object]) -> float:
    """Return the processor seconds of one run."""
    start = time.process_time()
    action()
    return time.process_time() - start


if __name__ == "__main__":
    main()
