"""Plays one scenario: tells every cue when it is due; people answer once the desk has written back."""

import asyncio
import heapq
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sandbox.scenarios.answers import answer_to
from sandbox.scenarios.pictures import picture
from sandbox.scenarios.planning import Cue, plan
from sandbox.scenarios.reading import Line, Scenario, load

if TYPE_CHECKING:
    from sandbox.world import World

LOOK_EVERY = 0.5  # seconds of real time between looks for the desk's answers
PATIENCE = 1800.0  # seconds of the story that people still wait for an answer when all else is told
FASTEST = 10_000.0


@dataclass(frozen=True)
class Told:
    """A line that was said: on which voice, under which id, by whom."""

    voice: str
    id: str
    by: str


@dataclass
class Telling:
    """One scenario being played. Times are seconds of the story."""

    world: "World"
    scenario: Scenario
    seed: int
    speed: float
    told: int = 0
    failed: int = 0
    of: int = 0
    _due: list[tuple[float, int, str, Line, Told | None]] = field(default_factory=list)
    _waiting: list[tuple[Told, Line]] = field(default_factory=list)
    _order: Any = field(default_factory=itertools.count)

    async def run(self) -> None:
        """Tell everything; ends when nothing is due and nobody waits for an answer any more."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for cue in plan(self.scenario, self.seed):
            self._push(cue, None)
        end = max((item[0] for item in self._due), default=0.0) + PATIENCE
        while self._due or self._waiting:
            now = (loop.time() - begun) * self.speed
            self._tell_due(now)
            self._notice_answers(now)
            if not self._due and now > end:
                return
            await asyncio.sleep(self._pause(now))

    def _push(self, cue: Cue, follows: Told | None) -> None:
        self.of += 1
        heapq.heappush(self._due, (cue.at, next(self._order), cue.voice, cue.line, follows))

    def _pause(self, now: float) -> float:
        pause = (self._due[0][0] - now) / self.speed if self._due else LOOK_EVERY
        return max(0.0, min(pause, LOOK_EVERY if self._waiting or not self._due else pause))

    def _tell_due(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            at, _, voice, line, follows = heapq.heappop(self._due)
            try:
                told = self._say(voice, line, follows)
            except ValueError:
                # what this answers was deleted, or the world was emptied meanwhile: the person lets it be
                self.failed += 1
                continue
            self.told += 1
            for next_line in line.then:
                if next_line.answered is not None:
                    self._waiting.append((told, next_line))
                else:
                    self._push(Cue(at + next_line.after, voice, next_line), told)

    def _notice_answers(self, now: float) -> None:
        still = []
        for told, line in self._waiting:
            answer = answer_to(self.world, told.voice, told.id)
            if answer is None:
                still.append((told, line))
                continue
            voice = _private(told.voice) if answer.private else told.voice
            self._push(Cue(now + (line.answered or 0.0), voice, line), Told(voice, answer.id, told.by))
        self._waiting = still

    def _say(self, voice: str, line: Line, follows: Told | None) -> Told:
        """ValueError: what is followed exists no longer."""
        by = line.by or (follows.by if follows else "")
        parent = follows.id if follows else None
        if line.privately and voice != _private(voice):
            voice, parent = _private(voice), None
        pictures = tuple(picture(name) for name in line.pictures)
        if voice == "mail":
            return Told(
                voice, self.world.send_mail(by, line.says, line.subject, parent, attachments=pictures), by
            )
        verb = self._verb(voice)
        return Told(voice, verb(by, line.says, parent, attachments=pictures), by)

    def _verb(self, voice: str) -> Callable[..., str]:
        channel = voice.partition(" ")[0]
        if channel in self.world.sites:
            speak = self.world.post_on if voice == channel else self.world.message_on
            return partial(speak, channel)
        return {
            "x": self.world.post_on_x,
            "x private": self.world.message_on_x,
            "facebook": self.world.comment_on_facebook,
            "facebook private": self.world.message_on_facebook,
        }[voice]


def _private(voice: str) -> str:
    return voice if voice == "mail" or voice.endswith("private") else f"{voice} private"


async def play(world: "World", name: str, seed: int, speed: float) -> None:
    """Play a scenario to its end; cancel the task to stop it. KeyError: there is no such scenario."""
    await Telling(world, load(name), seed, speed).run()


class Player:
    """One scenario at a time, for the HTTP API, the town page and the start of the sandbox alike."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._telling: Telling | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, name: str, seed: int = 1, speed: float = 1.0) -> dict[str, Any]:
        """Begin (ending any other); gives `state()`. KeyError: no such scenario; ValueError: bad speed."""
        if not 0 < speed <= FASTEST:
            raise ValueError(f"The speed must be a number above 0 and at most {FASTEST:.0f}.")
        scenario = load(name)
        self.stop()
        self._telling = Telling(self._world, scenario, seed, speed)
        self._task = asyncio.get_running_loop().create_task(self._telling.run())
        self._task.add_done_callback(_report)
        return self.state()

    def stop(self) -> dict[str, Any]:
        """End what is being played, if anything; gives `state()`."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._telling = None
        return self.state()

    def state(self) -> dict[str, Any]:
        """What is played: {"playing": name or None, "title", "seed", "speed", "told", "of", "failed"}."""
        telling = self._telling
        if telling is None or self._task is None or self._task.done():
            return {"playing": None}
        return {
            "playing": telling.scenario.name,
            "title": telling.scenario.title,
            "seed": telling.seed,
            "speed": telling.speed,
            "told": telling.told,
            "of": telling.of,
            "failed": telling.failed,
        }


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        sys.stderr.write(f"The scenario ended early: {task.exception()!r}\n")
