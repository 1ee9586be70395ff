"""One small named predicate for each thing that a member may do.

The loader, the service and the template all ask the same one; whoever is not named may not.
"""

from typing import Any

from staff.models import Member, Role


def is_role(member: Any, *roles: Role) -> bool:
    """Say whether this is an active member in one of these roles (strangers never are)."""
    return isinstance(member, Member) and member.is_active and member.role in roles


def can_see_inbox(member: Any) -> bool:
    """Read conversations: operators, supervisors, and auditors who check the work."""
    return is_role(member, Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR)


def can_work_inbox(member: Any) -> bool:
    """Claim, answer, note, escalate, resolve."""
    return is_role(member, Role.OPERATOR, Role.SUPERVISOR)


def can_run_shift(member: Any) -> bool:
    """See the shift board, reassign, take over at once, announce."""
    return is_role(member, Role.SUPERVISOR)


def can_see_rules(member: Any) -> bool:
    """Read the triage rules."""
    return is_role(member, Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)


def can_change_rules(member: Any) -> bool:
    """Write drafts of the triage rules, replay them, and say which version is live."""
    return is_role(member, Role.SUPERVISOR)


def can_see_accounts(member: Any) -> bool:
    """See how the accounts are, without their settings."""
    return is_role(member, Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)


def can_manage_accounts(member: Any) -> bool:
    """Add, test, pause and re-connect accounts."""
    return is_role(member, Role.ADMIN)


def can_manage_staff(member: Any) -> bool:
    """Add members, change roles, end access."""
    return is_role(member, Role.ADMIN)


def can_manage_teams(member: Any) -> bool:
    """Say to whom conversations can be escalated, and how they are reached."""
    return is_role(member, Role.ADMIN, Role.SUPERVISOR)


def can_read_trail(member: Any) -> bool:
    """Read the trail of what was done and seen."""
    return is_role(member, Role.AUDITOR, Role.SUPERVISOR)
