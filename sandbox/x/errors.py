"""Refusals in the words of X (contract section 1.7)."""

from typing import Any

from sandbox.faults import Fault
from sandbox.serving.call import Answer

_PROBLEM = "https://api.twitter.com/2/problems/"

_TITLES = {
    400: "Invalid Request",
    401: "Unauthorized",
    402: "CreditsDepleted",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

_PAGE = (
    b"<!DOCTYPE html><html><head><title>X / ?</title></head>"
    b"<body><h1>Something is technically wrong.</h1></body></html>"
)

DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
PARENT_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
NOT_SUMMONED = "You can only reply to a Post whose author has mentioned you or quoted one of your Posts."
NO_SUCH_RECIPIENT = "You cannot send messages to this user."
TOO_LONG = "Your Tweet text is too long."


def problem(status: int, detail: str, type_: str = "about:blank", **more: Any) -> Answer:
    """A refusal as problem+json."""
    title = str(more.pop("title", _TITLES.get(status, "Error")))
    body = {"title": title, "detail": detail, "type": type_, "status": status, **more}
    note = {"reason": detail}
    return Answer(status=status, body=body, media_type="application/problem+json", note=note)


def unauthorised() -> Answer:
    return problem(401, "Unauthorized")


def app_only(call_needs: str) -> Answer:
    detail = f"Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. {call_needs}"
    return problem(403, detail, _PROBLEM + "unsupported-authentication", title="Unsupported Authentication")


def invalid(parameter: str, value: Any, message: str) -> Answer:
    """400: one parameter is wrong."""
    errors = [{"parameters": {parameter: [str(value)[:200]]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    return problem(400, detail, _PROBLEM + "invalid-request", errors=errors)


def missing(kind: str, identity: str, parameter: str) -> dict[str, Any]:
    """A partial error inside a 200: something could not be found."""
    return {
        "value": identity,
        "resource_id": identity,
        "resource_type": kind,
        "parameter": parameter,
        "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{identity}].",
        "type": _PROBLEM + "resource-not-found",
    }


def not_visible(kind: str, identity: str, parameter: str) -> dict[str, Any]:
    """A partial error inside a 200: the author's posts are protected."""
    return {
        "value": identity,
        "resource_id": identity,
        "resource_type": kind,
        "parameter": parameter,
        "section": "includes",
        "title": "Authorization Error",
        "detail": f"Sorry, you are not authorized to see the {kind} with {parameter}: [{identity}].",
        "type": _PROBLEM + "not-authorized-for-resource",
    }


def of_fault(fault: Fault) -> Answer:
    """The answer that an ordered fault gives instead of the true one."""
    status = int(fault.more.get("status", 503))
    if fault.fault == "html":
        return Answer(status=status, body=_PAGE, media_type="text/html; charset=utf-8")
    if fault.fault == "empty":
        return Answer(status=status, body={})
    title = str(fault.more.get("title", _TITLES.get(status, "Error")))
    detail = str(fault.more.get("detail", _details(status)))
    return problem(status, detail, str(fault.more.get("type", "about:blank")), title=title)


def _details(status: int) -> str:
    if status == 402:
        return "Your enrolled account does not have any credits to fulfill this request."
    if status == 403:
        return "You are not permitted to perform this action."
    return _TITLES.get(status, "Error")
