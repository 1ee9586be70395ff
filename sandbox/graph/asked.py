"""What a caller of the Graph API asked for, and the plain answer to it."""

from typing import Any

from sandbox.graph import fields as field_language
from sandbox.graph.errors import JSON
from sandbox.graph.fields import Field
from sandbox.graph.paging import Edge
from sandbox.serving.call import Answer, Call

Fields = tuple[Field, ...] | None


def owner_of(call: Call) -> str:
    owner = call.path["owner"]
    return call.account.id if owner == "me" and call.account is not None else owner


def fields_of(call: Call) -> Fields:
    text = call.query.get("fields", "")
    return field_language.parse(text) if text else None


def edge_of(call: Call, name: str) -> Edge:
    return Edge(owner_of(call), name, call.path["version"], dict(call.query))


def answer(body: dict[str, Any], ids: list[str]) -> Answer:
    return Answer(body=body, media_type=JSON, note={"ids": ids})


def ids_of(body: dict[str, Any]) -> list[str]:
    return [str(item["id"]) for item in body["data"]]
