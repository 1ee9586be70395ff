"""Teams and outside bodies: who they are, how they are reached, and the secret that signs their web hook."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from audit.services import record
from connectors.secrets import seal
from inbox.errors import BadInput, NotAllowed
from inbox.models import Team
from staff.models import Member
from staff.permissions import can_manage_teams

HOOK_SECRET = "secret"  # noqa: S105 - the name under which a team's own secret is sealed


@dataclass(frozen=True)
class TeamCard:
    """A team as described by whoever manages them."""

    name: str
    is_outside: bool = False
    email: str = ""
    web_hook: str = ""
    is_active: bool = True


def save_team(*, actor: Member, card: TeamCard, team_id: int | None = None) -> Team:
    """Add a team, or change one. BadInput when it cannot be reached or its name is taken."""
    if not can_manage_teams(actor):
        raise NotAllowed("You may not do that. Nothing was changed.")
    check_card(card)
    try:
        with transaction.atomic():
            team = Team.objects.select_for_update().get(pk=team_id) if team_id else Team()
            team.name, team.is_outside, team.email = card.name.strip(), card.is_outside, card.email
            team.web_hook, team.is_active = card.web_hook, card.is_active
            team.save()
            verb = "team.changed" if team_id else "team.added"
            record(actor=actor, verb=verb, subject=team, name=team.name, active=team.is_active)
    except IntegrityError:
        raise BadInput("There is a team of that name already. Nothing was changed.", field="name") from None
    return team


def check_card(card: TeamCard) -> None:
    """Raise BadInput when a team could not be told anything."""
    if not card.name.strip():
        raise BadInput("A team needs a name. Nothing was changed.", field="name")
    if not card.email and not card.web_hook:
        raise BadInput("Give an e-mail address, a web hook, or both. Nothing was changed.", field="email")
    parts = urlsplit(card.web_hook)
    loopback = settings.OUTBOUND_LOOPBACK and parts.hostname in {"127.0.0.1", "localhost"}
    if card.web_hook and parts.scheme != "https" and not loopback:
        raise BadInput("A web hook's address begins with https. Nothing was changed.", field="web_hook")


@transaction.atomic
def renew_hook_secret(*, actor: Member, team_id: int) -> str:
    """Make a new secret for the team's web hook and return it; it is shown once and stored encrypted."""
    if not can_manage_teams(actor):
        raise NotAllowed("You may not do that. Nothing was changed.")
    team = Team.objects.select_for_update().get(pk=team_id)
    secret = secrets.token_urlsafe(32)
    team.web_hook_secret = seal({HOOK_SECRET: secret})
    team.save(update_fields=["web_hook_secret"])
    record(actor=actor, verb="team.secret_renewed", subject=team)
    return secret
