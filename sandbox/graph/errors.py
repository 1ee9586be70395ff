"""Refusals in the words of the Graph API (contract section 2.6 and section 3)."""

import secrets
from typing import Any

from sandbox.faults import Fault
from sandbox.serving.call import Answer, Refused

JSON = "application/json; charset=UTF-8"
RETIRED_TAGS = frozenset({"ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"})

_PAGE = (
    b"<!DOCTYPE html><html><head><title>Error</title></head>"
    b"<body><h1>Sorry, something went wrong.</h1><p>We're working on it.</p></body></html>"
)


def error(code: int, message: str, subcode: int | None = None, **more: Any) -> Answer:
    """An error of the Graph API; `status` (default 400), `type` and further members in `more`."""
    status = int(more.pop("status", 400))
    body: dict[str, Any] = {"message": message, "type": more.pop("type", "OAuthException"), "code": code}
    if subcode is not None:
        body["error_subcode"] = subcode
    body |= {**more, "fbtrace_id": "A" + secrets.token_urlsafe(16)}
    note = {"reason": message, "code": code}
    return Answer(status=status, body={"error": body}, media_type=JSON, note=note)


def refuse(code: int, message: str, subcode: int | None = None, **more: Any) -> Refused:
    return Refused(error(code, message, subcode, **more))


def gone(identity: str) -> Refused:
    """The object does not exist, or the page may not see it: the same words for both."""
    return refuse(
        100,
        f"Unsupported get request. Object with ID '{identity}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api",
        33,
        type="GraphMethodException",
    )


def no_token() -> Answer:
    return error(104, "An access token is required to request this resource.")


def bad_token(how: str | None) -> Answer:
    """190, with the subcode that says why (contract section 2.6)."""
    if how == "expired":
        return error(190, "Error validating access token: Session has expired.", 463, status=401)
    if how == "revoked":
        message = (
            "Error validating access token: The session has been invalidated because the user changed their"
            " password or Facebook has changed the session for security reasons."
        )
        return error(190, message, 460, status=401)
    return error(190, "Invalid OAuth access token - Cannot parse access token", status=401)


def throttled() -> Answer:
    return error(
        80001,
        "There have been too many calls to this Page account. Wait a bit and try again.",
        2446079,
        error_user_title="Too many calls",
    )


def of_fault(fault: Fault) -> Answer:
    """The answer that an ordered fault gives instead of the true one."""
    more = fault.more
    status = int(more.get("status", 500 if fault.fault == "html" else 503))
    if fault.fault == "html":
        return Answer(status=status, body=_PAGE, media_type="text/html; charset=utf-8")
    if fault.fault == "empty":
        return Answer(status=status, body={}, media_type=JSON)
    code, subcode, message = _usual(status)
    if "code" in more:
        code, subcode, message = int(more["code"]), None, f"(#{more['code']}) An error occurred."
    subcode = int(more["subcode"]) if "subcode" in more else subcode
    extra: dict[str, Any] = {"is_transient": True} if code in (1, 2) else {}
    return error(code, str(more.get("message", message)), subcode, status=status, **extra)


def _usual(status: int) -> tuple[int, int | None, str]:
    """What Graph mostly means by an HTTP status."""
    return {
        400: (100, None, "(#100) Invalid parameter"),
        401: (190, 460, "Error validating access token: The session has been invalidated."),
        402: (4, None, "(#4) Application request limit reached"),
        403: (10, None, "(#10) Application does not have permission for this action"),
        404: (803, None, "(#803) Some of the aliases you requested do not exist"),
        429: (
            80001,
            2446079,
            "There have been too many calls to this Page account. Wait a bit and try again.",
        ),
        500: (1, None, "An unknown error has occurred."),
    }.get(status, (2, None, "An unexpected error has occurred. Please retry your request later."))
