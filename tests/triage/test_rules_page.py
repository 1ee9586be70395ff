"""Anybody on the desk can read the rules and try any text on them."""

import pytest
from django.test import Client

from inbox.models import Message
from triage.facts import Facts
from triage.live import assess, pack
from triage.presenters import cut_text

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
