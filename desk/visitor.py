"""Who asks for live events: the session of a cookie, looked up once, the connection given back at once."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, connection
from django.http import HttpRequest

from staff.models import Member


def find_visitor(cookies: str) -> Member | None:
    """Return the member whose session the cookies carry, or None. Blocking: call it in a thread."""
    key = read_session_key(cookies)
    if not key:
        return None
    engine: Any = import_module(settings.SESSION_ENGINE)
    request = HttpRequest()
    request.session = engine.SessionStore(key)
    try:
        member = get_user(request)
    except DatabaseError:
        return None
    finally:
        connection.close()
    return member if isinstance(member, Member) and member.is_active else None


def read_session_key(header: str) -> str:
    """Return the session's key from a Cookie header; empty when there is none."""
    try:
        found = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""
