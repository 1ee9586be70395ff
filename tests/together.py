"""Run things at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def run_together(*works: Callable[[], Any]) -> list[Any]:
    """Start all at once, wait for all, and return what each returned; raises the first error of any."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)
    problems: list[Exception] = []

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[place] = work()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return results
