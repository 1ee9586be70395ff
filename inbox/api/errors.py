"""Every refusal of the API in one shape: {"error": {"code", "sentence", …facts}}."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from inbox.errors import (
    AlreadyClaimed,
    BadInput,
    CannotReply,
    InboxError,
    KeyReused,
    MovedOn,
    NotAllowed,
    NotHolder,
    WrongState,
)
from inbox.text import make_storable

STATUS: dict[type[InboxError], int] = {
    NotAllowed: 403,
    AlreadyClaimed: 409,
    NotHolder: 409,
    MovedOn: 409,
    WrongState: 409,
    KeyReused: 422,
    CannotReply: 422,
    BadInput: 422,
}
NOT_FOUND = "There is nothing here that you may see."
FORBIDDEN = "You may not do that. Nothing was changed."


def answer_with_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer for an exception; None for what is a defect (the server's own 500)."""
    set_rollback()
    if isinstance(error, InboxError):
        return make_answer(STATUS.get(type(error), 409), error.code, error.sentence, **error.facts)
    if isinstance(error, Http404 | ObjectDoesNotExist | exceptions.NotFound):
        return make_answer(404, "not_found", NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return make_answer(403, "not_allowed", FORBIDDEN)
    if isinstance(error, exceptions.ValidationError):
        return answer_malformed(error)
    if isinstance(error, exceptions.APIException):
        return answer_framework(error)
    return None


def make_answer(status: int, code: str, sentence: str, **facts: Any) -> Response:
    """Return the one shape."""
    return Response({"error": {"code": code, "sentence": sentence, **facts}}, status=status)


def answer_malformed(error: exceptions.ValidationError) -> Response:
    """Name the first field that is wrong, and all of them under `fields`."""
    detail = error.detail if isinstance(error.detail, dict) else {"body": error.detail}
    fields = {str(name): flatten(said) for name, said in detail.items()}
    name, said = next(iter(fields.items()), ("body", ["It could not be understood."]))
    name = "body" if name == "non_field_errors" else name
    sentence = f"{name}: {' '.join(said)} Nothing was changed."
    return make_answer(422, BadInput.code, sentence, field=name, fields=fields)


def answer_framework(error: exceptions.APIException) -> Response:
    """Keep the framework's status and headers, in our shape."""
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "refused"
    answer = make_answer(error.status_code, code, " ".join(flatten(error.detail)))
    header = getattr(error, "auth_header", None)
    if header:
        answer["WWW-Authenticate"] = header
    wait = getattr(error, "wait", None)
    if wait:
        answer["Retry-After"] = str(int(wait))
    return answer


def flatten(detail: Any) -> list[str]:
    """Return what the framework says, which repeats what was sent, as a list of sentences."""
    if isinstance(detail, dict):
        return [one for said in detail.values() for one in flatten(said)]
    if isinstance(detail, list | tuple):
        return [one for said in detail for one in flatten(said)]
    return [make_storable(str(detail))]
