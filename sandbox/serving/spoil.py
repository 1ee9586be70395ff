"""Faults of content: a 200 whose body is not what it should be."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.faults import Fault
from sandbox.serving.call import Answer

LISTS = ("data", "notifications", "logs", "records", "messages")
"""Where the platforms put the items of an answer."""

Change = Callable[[dict[str, Any], Fault], Any]


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """The answer after the fault; unchanged when it is no fault of content or there is nothing to spoil."""
    if fault.fault == "malformed":
        return replace(answer, body=answer.content()[:-1] + b",,")
    change = CHANGES.get(fault.fault)
    if change is not None and isinstance(answer.body, list):
        return replace(answer, body=change({"data": answer.body}, fault)["data"])
    if change is None or not isinstance(answer.body, dict):
        return answer
    return replace(answer, body=change(answer.body, fault))


def _items(body: dict[str, Any], change: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
    """The body with its list of items changed; a body of one item is left alone."""
    name = next((name for name in LISTS if isinstance(body.get(name), list)), None)
    return body if name is None else {**body, name: change(body[name])}


def _each(body: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """The body with each of its items changed, or its one item."""
    if any(isinstance(body.get(name), list) for name in LISTS):
        return _items(body, lambda data: [change(item) if isinstance(item, dict) else item for item in data])
    data = body.get("data")
    if isinstance(data, dict):
        return {**body, "data": change(data)}
    return change(body)


def _without(*names: str) -> Change:
    def change(body: dict[str, Any], _fault: Fault) -> Any:
        return _each(body, lambda item: {name: value for name, value in item.items() if name not in names})

    return change


def _duplicate_page(body: dict[str, Any], _fault: Fault) -> Any:
    return _items(body, lambda data: [*data, *data])


def _reordered_page(body: dict[str, Any], fault: Fault) -> Any:
    mix = random.Random(int(fault.more.get("seed", 1)))
    return _items(body, lambda data: mix.sample(data, len(data)))


def _wrong_types(body: dict[str, Any], _fault: Fault) -> Any:
    return _each(body, lambda item: {name: _another_type(value) for name, value in item.items()})


def _another_type(value: Any) -> Any:
    if isinstance(value, str):
        return int(value) if value.isdecimal() else {"value": value}
    if isinstance(value, dict):
        return [value]
    return str(value) if isinstance(value, list | int | float) else value


def _numeric_ids(body: dict[str, Any], _fault: Fault) -> Any:
    return _each(
        body,
        lambda item: {
            name: int(value)
            if name.endswith("id") and isinstance(value, str) and value.isdecimal()
            else value
            for name, value in item.items()
        },
    )


_NEW_NAMES = {
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "edit_history_tweet_ids": "edit_history_post_ids",
}


def _new_names(body: Any, fault: Fault) -> Any:
    """The field names of the August 2026 description of X (contract section 1.4)."""
    if isinstance(body, dict):
        return {_NEW_NAMES.get(name, name): _new_names(value, fault) for name, value in body.items()}
    if isinstance(body, list):
        return [_new_names(value, fault) for value in body]
    return body


def _empty_page(body: dict[str, Any], _fault: Fault) -> Any:
    """Nothing in it and yet a successor (contract section 2.3)."""
    return _items(body, lambda _data: [])


def _next_without_token(body: dict[str, Any], _fault: Fault) -> Any:
    paging = dict(body.get("paging", {}))
    if "next" in paging:
        address, _, query = str(paging["next"]).partition("?")
        kept = [part for part in query.split("&") if not part.startswith("access_token=")]
        paging["next"] = address + "?" + "&".join(kept)
    return {**body, "paging": paging} if paging else body


CHANGES: dict[str, Change] = {
    "missing_ids": _without("id"),
    "no_from": _without("from"),
    "duplicate_page": _duplicate_page,
    "reordered_page": _reordered_page,
    "wrong_types": _wrong_types,
    "numeric_ids": _numeric_ids,
    "new_names": _new_names,
    "empty_page": _empty_page,
    "next_without_token": _next_without_token,
}
