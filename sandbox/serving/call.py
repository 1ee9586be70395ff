"""A request read whole, and an answer before it goes on the wire."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from sandbox.accounts import Account
from sandbox.mail import Attachment

_MOST_BYTES = 40_000_000
SECRET_PARAMETERS = frozenset(
    {"access_token", "appsecret_proof", "client_secret", "input_token", "refresh_token"}
)


class BadBody(Exception):
    """The body cannot be read as what its content type says."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: `query` and `form` as sent (the last of equal names), `form` also from a JSON object."""

    method: str
    url: str
    path: dict[str, str]
    query: dict[str, str]
    form: dict[str, Any]
    pairs: list[tuple[str, str]]
    headers: dict[str, str]
    files: dict[str, Attachment] = field(default_factory=dict)
    account: Account | None = None

    def value(self, name: str) -> Any:
        """A parameter from the body, or else from the query."""
        return self.form.get(name, self.query.get(name))

    def public_query(self) -> dict[str, str]:
        """The query without what opens doors."""
        return {name: value for name, value in self.query.items() if name not in SECRET_PARAMETERS}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`body` goes out as JSON unless it is bytes; `note` is what the journal keeps of it."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"
    note: dict[str, Any] = field(default_factory=dict)

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":")).encode()


class Refused(Exception):
    """A call that cannot be done, from however deep inside; carries the answer to give."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Who calls, or why the call is refused at the door; `headers` go on every answer."""

    account: Account | None = None
    refusal: Answer | None = None
    headers: dict[str, str] = field(default_factory=dict)


async def read(request: Request) -> Call:
    """The call of a request. BadBody: JSON or form that cannot be read, or far too large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    query = parse_qsl(request.url.query, keep_blank_values=True)
    form: dict[str, Any] = {}
    files: dict[str, Attachment] = {}
    pairs = list(query)
    if kind == "multipart/form-data":
        form, files = await _multipart(request)
    else:
        body = await _body(request)
        if kind.startswith(("image/", "video/")):
            files["body"], body = Attachment(name="body", type=kind, content=body), b""
        if kind == "application/x-www-form-urlencoded":
            fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
            form = dict(fields)
            pairs += fields
        elif body:
            form = _object(body)
    return Call(
        method=request.method,
        url=str(request.url.replace(query="")),
        path={name: str(value) for name, value in request.path_params.items()},
        query=dict(query),
        form=form,
        pairs=pairs,
        headers=dict(request.headers),
        files=files,
    )


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise BadBody("The request is larger than 40 MB.")
    return body


async def _multipart(request: Request) -> tuple[dict[str, Any], dict[str, Attachment]]:
    data: FormData = await request.form(max_part_size=_MOST_BYTES)
    form: dict[str, Any] = {}
    files: dict[str, Attachment] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            files[name] = Attachment(
                name=value.filename or "file",
                type=value.content_type or "application/octet-stream",
                content=await value.read(),
            )
        else:
            form[name] = value
    return form, files


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBody("The request body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise BadBody("The request body is not a JSON object.")
    return found
