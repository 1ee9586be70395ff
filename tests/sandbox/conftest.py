"""A running sandbox, empty at the beginning of each test, and the desk's libraries at its doors."""

import signal
from collections.abc import Iterator

import pytest

from tests.sandbox.platforms import Graph, X, graph_of, x_of
from tests.sandbox_process import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    process, world = start_sandbox(tmp_path_factory.mktemp("world"))
    yield world
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


@pytest.fixture
def town(running: Sandbox) -> Sandbox:
    running.reset()
    running.call("POST", "/town/limits", json={"real": False})
    return running


@pytest.fixture
def x(town: Sandbox) -> Iterator[X]:
    with x_of(town) as client:
        yield client


@pytest.fixture
def graph(town: Sandbox) -> Iterator[Graph]:
    with graph_of(town) as client:
        yield client
