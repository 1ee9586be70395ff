"""Take the rules that came with the product into the database, as a version of their own."""

from django.db import transaction
from django.db.models import Max

from audit.services import record
from triage.live import pack as shipped_pack
from triage.models import Activation, Live, Snapshot, Version
from triage.queries.editions import find_live
from triage.rules.edition import read_files
from triage.services.steps import take_turn

TITLE = "The rules as shipped"


def take_in_shipped() -> Version:
    """The version of the shipped rules, made when it is new; it goes live where nobody changed any rule.

    A desk with changes of its own keeps judging by them: its supervisors lay them over the new ones.
    """
    name = shipped_pack().version
    known = Version.objects.filter(name=name, changes={}).order_by("number").first()
    if known is not None and find_live() is not None:
        return known
    with transaction.atomic():
        take_turn()
        known = Version.objects.filter(name=name, changes={}).order_by("number").first()
        version = known or _keep(name)
        live = find_live()
        if live is None or (known is None and not live.changes):
            go = Activation.objects.create(version=version, kind="shipped", why=TITLE)
            Live.objects.update_or_create(pk=1, defaults={"activation": go, "version": version})
            record(actor=None, verb="rules.shipped_live", subject=version, number=version.number, name=name)
        return version


def _keep(name: str) -> Version:
    snapshot, _ = Snapshot.objects.get_or_create(pk=name, defaults={"files": read_files()})
    return Version.objects.create(number=next_number(), name=name, title=TITLE, base=snapshot)


def next_number() -> int:
    """The number of the next version; only for whoever has the turn."""
    return (Version.objects.aggregate(last=Max("number"))["last"] or 0) + 1
