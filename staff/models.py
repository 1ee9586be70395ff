"""Members of staff and where they are right now."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    """What a member may do; one role each, so that the answer to "who can" is one word."""

    OPERATOR = "operator", "Operator"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMIN = "admin", "Admin"
    AUDITOR = "auditor", "Auditor"


class Presence(models.TextChoices):
    """What a member says of themselves."""

    AVAILABLE = "available", "Available"
    BREAK = "break", "On a break"
    AWAY = "away", "Away"


class MemberManager(BaseUserManager["Member"]):
    """Makes members; rules about them live in staff.services."""

    def create_user(
        self, username: str, password: str | None = None, *, name: str = "", role: str = Role.OPERATOR
    ) -> "Member":
        """Store a new member with a hashed password (none: cannot sign in until one is set)."""
        member = self.model(username=username.lower(), name=name or username, role=role)
        member.set_password(password)
        member.save(using=self._db)
        return member


class Member(AbstractBaseUser):
    """One person who works at the desk."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.OPERATOR)
    skills = models.JSONField(default=list, blank=True)
    in_training = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    presence = models.CharField(max_length=12, choices=Presence.choices, default=Presence.AWAY)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_known"),
            models.CheckConstraint(condition=Q(presence__in=Presence.values), name="member_presence_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """Return one or two letters for the round badge."""
        words = [word for word in self.name.replace(".", " ").split() if word]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    def get_full_name(self) -> str:
        """Return the name as shown (Django asks for it under this name)."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name as shown (Django asks for it under this name)."""
        return self.name


class Announcement(models.Model):
    """A sentence from a supervisor to everyone on the desk, until it is taken down."""

    text = models.CharField(max_length=500)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.text


class HandoverNote(models.Model):
    """What the next shift must know."""

    text = models.CharField(max_length=1000)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.text
