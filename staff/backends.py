"""Who may sign in: active members, demo sign-ins in a demo only, and nobody who guesses too fast."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.http import HttpRequest
from redis import RedisError

from staff.models import Member

TRIES = 5
WINDOW_SECONDS = 900


class DeskBackend(BaseBackend):
    """Checks a name and a password; five wrong ones from one address close that door for up to 15 minutes.

    The door is the pair of name and address, so that nobody can lock a colleague out from elsewhere.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> Member | None:
        """Return the member, or None; takes as long for an unknown name as for a wrong password."""
        door = name_door(username, request)
        if count_failures(door) >= TRIES:
            return None
        member = Member.objects.filter(username=username.lower()).first()
        if member is None:
            make_password(password)
            note_failure(door)
            return None
        if member.check_password(password) and self.may_sign_in(member):
            return member
        note_failure(door)
        return None

    def may_sign_in(self, member: Member) -> bool:
        """Say whether this member may sign in here at all."""
        return member.is_active and not (member.is_demo and settings.PRODUCTION)

    def get_user(self, user_id: int) -> Member | None:
        """Return the member of a session; one whose access has ended is signed out at the next request."""
        member = Member.objects.filter(pk=user_id).first()
        return member if member and self.may_sign_in(member) else None


def name_door(username: str, request: HttpRequest | None) -> str:
    """Return the key under which wrong passwords are counted."""
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    return "door:" + hashlib.sha256(f"{username.lower()}\n{address}".encode()).hexdigest()


def count_failures(door: str) -> int:
    """Return how often that door was tried in vain lately; 0 when the counter cannot be reached."""
    try:
        return int(cache.get(door, 0))
    except RedisError:
        return 0


def note_failure(door: str) -> None:
    """Count one more, for 15 minutes from the first."""
    try:
        cache.add(door, 0, WINDOW_SECONDS)
        cache.incr(door)
    except (RedisError, ValueError):
        return
