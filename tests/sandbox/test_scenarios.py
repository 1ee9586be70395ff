"""Stories that the sandbox plays: readable, repeatable, and with people who answer when they are answered."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.mail.post import receive
from sandbox.scenarios import catalogue, load
from sandbox.scenarios.planning import plan
from sandbox.scenarios.player import Telling
from sandbox.scenarios.reading import HERE, BadScenario, Line, invented, pool
from sandbox.settings import Settings
from sandbox.world import World
from tests.sandbox.post_office import DESK, answer

NAMES = ["collision", "friday-evening", "quiet-night", "spam-wave"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(Settings(data=tmp_path))
    yield world
    world.close()


def written(world: World) -> list[dict[str, Any]]:
    return [{**entry.data, "channel": entry.channel} for entry in world.journal.since(0, 10_000, "written")]


async def until(happens: Callable[[], bool], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not happens():  # noqa: ASYNC110  the world has no event for "somebody wrote"
            await asyncio.sleep(0.02)


def every_line(lines: tuple[Line, ...]) -> list[Line]:
    return [each for line in lines for each in (line, *every_line(line.then))]


def test_there_are_four_scenarios_with_a_title_and_a_word_about_each() -> None:
    assert [scenario.name for scenario in catalogue()] == NAMES
    assert all(scenario.title and len(scenario.about) > 60 for scenario in catalogue())


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_tells_the_same_story_and_another_seed_another(name: str) -> None:
    assert plan(load(name), 7) == plan(load(name), 7)
    assert plan(load(name), 7) != plan(load(name), 8)


def test_a_friday_evening_fills_every_channel_within_two_seconds() -> None:
    opening = [cue for cue in plan(load("friday-evening"), 1) if cue.at <= 2]
    assert len(opening) >= 10
    assert {cue.voice for cue in opening} == {"x", "x private", "facebook", "facebook private", "mail"}
    words = " ".join(cue.line.says for cue in opening)
    assert "breaking in next door right now" in words
    assert "crime reference number" in words


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_story_goes_on_and_grows_quiet_instead_of_stopping(name: str, seed: int) -> None:
    cues = plan(load(name), seed)
    last = cues[-1].at
    assert last > 3600
    busy = sum(1 for cue in cues if last * 0.25 < cue.at <= last * 0.5)
    quiet = sum(1 for cue in cues if last * 0.75 < cue.at)
    assert quiet < busy


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_story_points_at_a_real_number_or_site(name: str) -> None:
    for cue in plan(load(name), 3):
        for line in every_line((cue.line,)):
            text = f"{line.by} {line.subject} {line.says}"
            for number in re.findall(r"\b0\d{4} ?\d{6}\b|\b0\d{3} ?\d{3} ?\d{4}\b", text):
                assert re.match(r"01632 960\d{3}|07700 900\d{3}", number), number
            assert re.findall(r"https?://[\w.-]+(?<!\.example)(?=[/\s]|$)", text) == []
            assert re.findall(r"@[\w-]+\.(?!example\b)\w+(?!\.example)(?![\w.-]*example)", text) == []
            assert "{" not in text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_posted_on_x_fits_into_a_post(name: str) -> None:
    for cue in plan(load(name), 5):
        if cue.voice == "x":
            assert len(f"@NorthshirePol {cue.line.says}") <= 280, cue.line.says


def test_every_pool_reads_and_every_blank_in_it_can_be_filled() -> None:
    known = {*invented(), "author", "handle", "number"} | {f"{kind}_capital" for kind in invented()}
    pools = [path.stem for path in (HERE / "pools").glob("*.yaml")]
    assert len(pools) >= 3
    for name in pools:
        for line in every_line(pool(name)):
            assert set(re.findall(r"\{(\w+)\}", f"{line.says} {line.subject}")) <= known


def test_an_unknown_scenario_is_refused_by_name(world: World) -> None:
    with pytest.raises(KeyError, match="no-such-night"):
        load("no-such-night")
    with pytest.raises(KeyError):
        load("../invented")


def test_a_word_that_the_player_does_not_know_is_told_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "odd.yaml").write_text(
        "title: Odd\nabout: Odd\nstory:\n- {where: x, by: A, says: hi, shouts: yes}\n"
    )
    monkeypatch.setattr("sandbox.scenarios.reading.HERE", tmp_path)
    with pytest.raises(BadScenario, match=r"odd.yaml: unknown words \['shouts'\]"):
        load("odd")


async def test_a_story_is_told_on_every_channel_as_the_public_would(world: World) -> None:
    world.player.start("friday-evening", speed=20)
    await until(lambda: len(written(world)) >= 12)
    world.player.stop()
    entries = written(world)
    assert {entry["channel"] for entry in entries} == {"x", "facebook", "mail"}
    assert any(entry.get("author") == "@jo_m_le3" for entry in entries)
    assert world.player.state() == {"playing": None}


async def test_a_stopped_story_says_nothing_more(world: World) -> None:
    world.player.start("spam-wave", speed=60)
    await until(lambda: len(written(world)) >= 5)
    world.player.stop()
    count = len(written(world))
    await asyncio.sleep(0.3)
    assert len(written(world)) == count


async def test_starting_another_story_ends_the_first(world: World) -> None:
    world.player.start("spam-wave", speed=1)
    state = world.player.start("quiet-night", seed=4, speed=2)
    assert (state["playing"], state["seed"], state["speed"]) == ("quiet-night", 4, 2)
    await until(lambda: len(written(world)) >= 1)
    assert written(world)[0]["author"] == "maureen.tully@town.example"


@pytest.mark.parametrize("speed", [0, -1, 10_001, float("nan")])
async def test_a_speed_that_makes_no_sense_is_refused_and_the_story_goes_on(
    world: World, speed: float
) -> None:
    world.player.start("quiet-night")
    with pytest.raises(ValueError, match="The speed must be"):
        world.player.start("spam-wave", speed=speed)
    assert world.player.state()["playing"] == "quiet-night"


def one_line_story(line: Line, world: World) -> Telling:
    """A telling of this line alone, at a hundred times the speed."""
    scenario = replace(load("quiet-night"), story=(line,), background=None)
    return Telling(world, scenario, 1, 100.0)


async def test_a_person_answers_a_mail_once_the_desk_has_written_back(world: World) -> None:
    line = Line(
        where=("mail",), by="Jo M.", says="Where is my bike?", then=(Line(says="Thank you.", answered=20),)
    )
    task = asyncio.create_task(one_line_story(line, world).run())
    await until(lambda: len(written(world)) == 1)
    await asyncio.sleep(0.7)
    assert len(written(world)) == 1, "nobody thanks for an answer that has not come"
    reply = answer("At the station.", about=written(world)[0]["id"])
    receive(world.store, world.clock, raw=reply.as_bytes(), sender=DESK, recipients=["jo.m@town.example"])
    await until(lambda: len(written(world)) == 2)
    thanks = written(world)[1]
    assert (thanks["text"], thanks["in_reply_to"]) == ("Thank you.", "<a1@northshire.example>")
    await asyncio.wait_for(task, 5)


async def test_a_person_on_x_goes_on_publicly_or_privately_as_the_desk_did(world: World) -> None:
    line = Line(where=("x",), by="@jo", says="Help", then=(Line(says="I am at home.", answered=1),))
    task = asyncio.create_task(one_line_story(line, world).run())
    await until(lambda: len(written(world)) == 1)
    jo = world.x.users.of_author("@jo")
    account = world.accounts.pick("x", None)
    world.x.send(account, jo, world.x.users.of_account(account), "Where are you?", ())
    await until(lambda: len(written(world)) == 2)
    assert written(world)[1]["what"] == "message"
    await asyncio.wait_for(task, 5)


async def test_a_follow_up_stands_under_what_it_follows(world: World) -> None:
    line = Line(where=("facebook",), by="Jo", says="Help", then=(Line(says="They are inside.", after=5),))
    await asyncio.wait_for(one_line_story(line, world).run(), 5)
    first, second = written(world)
    assert second["in_reply_to"] == first["id"]


async def test_a_story_survives_that_the_world_is_emptied_under_it(world: World) -> None:
    line = Line(
        where=("x",),
        by="@jo",
        says="Help",
        then=(Line(says="Still here.", after=40), Line(says="Ok", answered=1)),
    )
    telling = one_line_story(line, world)
    task = asyncio.create_task(telling.run())
    await until(lambda: len(written(world)) == 1)
    world.x.delete(written(world)[0]["id"])
    await until(lambda: telling.failed == 1)
    task.cancel()
    assert telling.told == 1
