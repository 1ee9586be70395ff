"""What changes about staff: who they are, what they may do, where they are, what they tell each other."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from audit.services import record
from staff.models import Announcement, HandoverNote, Member, Presence, Role
from staff.permissions import can_manage_staff, can_run_shift, can_work_inbox

MOST_SKILLS = 12


class StaffError(Exception):
    """The request was refused; the text is fit for the screen."""


@dataclass(frozen=True)
class NewMember:
    """Who is to be added."""

    username: str
    name: str
    role: str
    email: str = ""
    skills: tuple[str, ...] = ()
    in_training: bool = False


def demand(allowed: bool) -> None:
    """Raise StaffError unless `allowed`."""
    if not allowed:
        raise StaffError("You may not do that. Nothing was changed.")


def make_password_once() -> str:
    """Return a password that is shown once: 20 characters that are hard to mistake for one another."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


def add_member(*, actor: Member | None, new: NewMember) -> tuple[Member, str]:
    """Add a member; return them and the password that is shown once.

    `actor` None is the command line. Raises StaffError when the sign-in name is taken or malformed.
    """
    demand(actor is None or can_manage_staff(actor))
    username = new.username.strip().lower()
    if not username or not username.replace(".", "").replace("-", "").isalnum():
        raise StaffError("A sign-in name has letters, digits, dots and hyphens only. Nothing was changed.")
    if new.role not in Role.values or not new.name.strip():
        raise StaffError("A member needs a name and a role. Nothing was changed.")
    password = make_password_once()
    try:
        with transaction.atomic():
            member = Member.objects.create_user(username, password, name=new.name.strip(), role=new.role)
            member.email, member.skills, member.in_training = new.email, list(new.skills), new.in_training
            member.save(update_fields=["email", "skills", "in_training"])
            record(actor=actor, verb="staff.added", subject=member, role=new.role, username=username)
    except IntegrityError:
        raise StaffError(f"The sign-in name {username} is taken. Nothing was changed.") from None
    return member, password


@transaction.atomic
def change_member(*, actor: Member, member_id: int, new: NewMember) -> Member:
    """Change name, role, skills and training. Raises StaffError when it would leave no admin."""
    demand(can_manage_staff(actor))
    member = Member.objects.select_for_update().get(pk=member_id)
    if new.role not in Role.values or not new.name.strip():
        raise StaffError("A member needs a name and a role. Nothing was changed.")
    if member.role == Role.ADMIN and new.role != Role.ADMIN:
        keep_an_admin(member)
    before = member.role
    member.name, member.role, member.email = new.name.strip(), new.role, new.email
    member.skills, member.in_training = list(new.skills), new.in_training
    member.save(update_fields=["name", "role", "email", "skills", "in_training"])
    record(actor=actor, verb="staff.changed", subject=member, role_before=before, role=new.role)
    return member


@transaction.atomic
def set_skills(*, actor: Member, member_id: int, skills: str) -> Member:
    """Say what a member can do (commas between). Supervisors may: they know who can do what tonight."""
    demand(can_manage_staff(actor) or can_run_shift(actor))
    wanted = list(dict.fromkeys(part.strip() for part in skills.split(",") if part.strip()))
    if len(wanted) > MOST_SKILLS or any(len(one) > 60 or "\x00" in one for one in wanted):
        raise StaffError("Name at most 12 skills of at most 60 letters. Nothing was changed.")
    member = Member.objects.select_for_update().get(pk=member_id)
    before, member.skills = member.skills, wanted
    member.save(update_fields=["skills"])
    record(actor=actor, verb="staff.skills_changed", subject=member, before=before, skills=wanted)
    return member


@transaction.atomic
def end_access(*, actor: Member, member_id: int) -> Member:
    """End a member's access at once; what they did stays. Raises StaffError for the last admin."""
    demand(can_manage_staff(actor))
    member = Member.objects.select_for_update().get(pk=member_id)
    if member.role == Role.ADMIN:
        keep_an_admin(member)
    member.is_active = False
    member.presence = Presence.AWAY
    member.save(update_fields=["is_active", "presence"])
    record(actor=actor, verb="staff.access_ended", subject=member)
    return member


@transaction.atomic
def give_access_back(*, actor: Member, member_id: int) -> tuple[Member, str]:
    """Let a member in again (or let one in who forgot the password); return the password shown once."""
    demand(can_manage_staff(actor))
    member = Member.objects.select_for_update().get(pk=member_id)
    password = make_password_once()
    member.is_active = True
    member.set_password(password)
    member.save(update_fields=["is_active", "password"])
    record(actor=actor, verb="staff.password_renewed", subject=member)
    return member, password


def keep_an_admin(leaving: Member) -> None:
    """Raise StaffError when nobody else could manage the desk."""
    others = Member.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if not others.exclude(pk=leaving.pk).exists():
        raise StaffError("This is the only admin. Make somebody else one first. Nothing was changed.")


@transaction.atomic
def change_password(*, actor: Member, old: str, new: str) -> None:
    """Set one's own password. Raises StaffError when the old one is wrong or the new one too weak."""
    if not actor.check_password(old):
        raise StaffError("The present password is not right. Nothing was changed.")
    try:
        validate_password(new, actor)
    except ValidationError as problem:
        raise StaffError(" ".join(problem.messages) + " Nothing was changed.") from None
    actor.set_password(new)
    actor.save(update_fields=["password"])
    record(actor=actor, verb="staff.password_changed", subject=actor)


@transaction.atomic
def set_presence(*, actor: Member, presence: str) -> None:
    """Say where one is. Raises StaffError for a word that is not one of Presence."""
    if presence not in Presence.values:
        raise StaffError("Choose available, on a break or away. Nothing was changed.")
    changed = Member.objects.filter(pk=actor.pk).exclude(presence=presence).update(presence=presence)
    Member.objects.filter(pk=actor.pk).update(last_seen_at=Now())
    if changed:
        record(actor=actor, verb="staff.presence", subject=actor, presence=presence)


def note_seen(*, actor: Member) -> None:
    """Note that a member's screen is open (once a minute is enough; no trail)."""
    Member.objects.filter(pk=actor.pk).update(last_seen_at=Now())


@transaction.atomic
def announce(*, actor: Member, text: str) -> Announcement:
    """Tell everyone on the desk something, until it is taken down."""
    demand(can_run_shift(actor))
    row = Announcement.objects.create(text=need_words(text, 500), author=actor)
    record(actor=actor, verb="shift.announced", subject=row, text=row.text)
    return row


@transaction.atomic
def end_announcement(*, actor: Member, announcement_id: int) -> None:
    """Take an announcement down."""
    demand(can_run_shift(actor))
    row = Announcement.objects.get(pk=announcement_id)
    if Announcement.objects.filter(pk=row.pk, ended_at=None).update(ended_at=Now()):
        record(actor=actor, verb="shift.announcement_ended", subject=row)


@transaction.atomic
def hand_over(*, actor: Member, text: str) -> HandoverNote:
    """Leave a note for the next shift."""
    demand(can_work_inbox(actor))
    row = HandoverNote.objects.create(text=need_words(text, 1000), author=actor)
    record(actor=actor, verb="shift.handed_over", subject=row, text=row.text)
    return row


def need_words(text: str, limit: int) -> str:
    """Return the text trimmed; StaffError when it is empty, too long or cannot be stored."""
    words = text.replace("\x00", "").strip()
    if not words or len(words) > limit:
        raise StaffError(f"Write between 1 and {limit} characters. Nothing was changed.")
    return words
