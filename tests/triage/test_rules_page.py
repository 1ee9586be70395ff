"""Anybody on the desk can read the rules and try any text on them."""

import pytest
from django.test import Client

from inbox.models import Message
from inbox.services.claim import claim
from inbox.services.resolve import resolve
from tests.factories import make_account
from tests.triage.desk import hear, mark, publish_rule
from triage import serving
from triage.facts import Facts
from triage.history import desk_history
from triage.live import assess, pack
from triage.presenters import cut_text
from triage.services.golive import go_live

pytestmark = pytest.mark.django_db
TEXT = "someone is breaking in next door right now with a crowbar"


@pytest.fixture
def client_of_operator(operator) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def test_every_rule_has_a_page_and_is_on_the_list(client_of_operator: Client):
    page = client_of_operator.get("/triage/").content.decode()
    for rule in pack().rules:
        assert f"/triage/{rule.id}/" in page
    first = pack().rules[0]
    assert first.id in client_of_operator.get(f"/triage/{first.id}/").content.decode()
    assert client_of_operator.get("/triage/there-is-no-such-rule/").status_code == 404


def test_a_tried_text_shows_its_level_and_reasons_that_add_up(client_of_operator: Client):
    page = client_of_operator.post("/triage/", {"text": TEXT}).content.decode()
    verdict = assess(Facts(text=TEXT))
    assert "Critical" in page
    assert all(reason.title in page.replace("&#x27;", "'") for reason in verdict.reasons)
    assert Message.objects.count() == 0, "nothing is stored"


def test_a_tried_text_is_shown_as_text_whatever_it_holds(client_of_operator: Client):
    page = client_of_operator.post("/triage/", {"text": "<script>alert(1)</script> help"}).content.decode()
    assert "<script>alert(1)" not in page


def test_rules_are_found_by_their_words(client_of_operator: Client):
    page = client_of_operator.get("/triage/", {"q": "crowbar"}).content.decode()
    listed = [rule for rule in pack().rules if f"/triage/{rule.id}/" in page]
    assert 0 < len(listed) < len(pack().rules)


def test_the_pieces_of_a_tried_text_make_the_text_again():
    verdict = assess(Facts(text=TEXT))
    pieces = cut_text(TEXT, verdict)
    assert "".join(piece.text for piece in pieces) == TEXT
    assert any(piece.why for piece in pieces)


def test_the_list_says_what_a_rule_hit_how_much_was_kept_and_what_only_it_found(operator, supervisor):
    from datetime import timedelta

    from django.utils import timezone

    go_live(actor=supervisor, version_id=publish_rule(supervisor).pk, why="Tried")
    serving.forget()
    account = make_account()
    kept, changed, waiting = (hear(account, "two geese stand on the runway") for _ in range(3))
    mark(changed, operator, 1, "A toy goose")
    claim(actor=operator, conversation_id=kept.conversation_id)
    resolve(
        actor=operator,
        conversation_id=kept.conversation_id,
        outcome="incident",
        incident_number="NS-1",
        reason="",
    )
    found = desk_history().count_hits(timezone.now() - timedelta(days=1))["desk.geese"]
    alone = len([one for one in waiting.verdict["reasons"] if one["weight"] > 0]) <= 2
    assert (found.hits, found.decided, found.kept, found.alone) == (3, 2, 1, 3 if alone else 0)
    client = Client()
    client.force_login(supervisor)
    page = client.get("/triage/desk.geese/").content.decode()
    assert "3 hits, 1 of the 2 that people dealt with kept their urgency" in page
