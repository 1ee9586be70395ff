"""What operators change is learned from, once it is not in doubt, and a person accepts what comes of it."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from staff.models import Role
from tests.factories import make_account, make_member
from tests.triage.desk import hear, mark, publish_rule
from triage.errors import TriageError
from triage.live import pack as shipped_pack
from triage.models import Suggestion
from triage.queries.editions import list_changes, load_draft
from triage.queries.labels import learn_from, list_labels
from triage.services.learning import (
    accept_suggestion,
    begin_suggestion,
    fit_suggestion,
    review_label,
)
from triage.suggest import suggest_phrases
from triage.verdict import Level

pytestmark = pytest.mark.django_db
CALM = "When does the front desk open on Sunday?"


@pytest.fixture
def other(db):
    return make_member("Odd Operator")


def test_a_change_of_urgency_is_a_label_with_its_reason(operator):
    message = hear(make_account(), CALM)
    mark(message, operator, 2, "He hints at the knife")
    label = list_labels()[0]
    assert (label.grade.message_id, label.level, label.doubt) == (message.pk, Level.URGENT, "")
    assert label.grade.reason == "He hints at the knife"


def test_two_operators_who_disagree_and_a_far_change_wait_for_a_second_look(operator, other, supervisor):
    account = make_account()
    argued, far = hear(account, CALM), hear(account, CALM)
    mark(argued, operator, 2, "Sounds bad")
    mark(argued, other, 1, "Only asks")
    mark(far, operator, 3, "I know him")
    labels = {label.grade.message_id: label for label in list_labels()}
    assert "Ola Operator had said urgent: Sounds bad" in labels[argued.pk].doubt
    assert "The rules had said routine" in labels[far.pk].doubt or "none" in labels[far.pk].doubt
    assert learn_from()[0] == []
    review_label(actor=supervisor, grading_id=labels[far.pk].grade.grading_id, level=Level.CRITICAL)
    review_label(actor=supervisor, grading_id=labels[argued.pk].grade.grading_id, level=None)
    assert [(row.level, row.urgent) for row in learn_from()[0]] == [(Level.CRITICAL, True)]
    with pytest.raises(TriageError, match="not in doubt"):
        review_label(actor=supervisor, grading_id=labels[far.pk].grade.grading_id, level=None)


def test_one_who_changes_their_own_mind_is_not_in_doubt(operator):
    message = hear(make_account(), CALM)
    mark(message, operator, 3)
    mark(message, operator, 2)
    assert list_labels()[0].doubt == ""


def teach(operator) -> None:
    """Let operators call burglary urgent and questions routine, many times over."""
    account = make_account()
    for number in range(12):
        urgent = hear(account, f"the tall hedge by my greenhouse hums on its own {number}")
        mark(urgent, operator, 2, "They come back")
        mark(hear(account, f"{CALM} Number {number}"), operator, 0, "Only asks")


def test_weights_are_fitted_offered_and_accepted_as_a_draft(operator, supervisor):
    teach(operator)
    suggestion = begin_suggestion(actor=supervisor)
    with pytest.raises(TriageError, match="already"):
        begin_suggestion(actor=supervisor)
    fit_suggestion(suggestion.pk)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.problem, suggestion.labels) == ("finished", "", 24)
    assert suggestion.weights
    assert any("tall hedge" in one["words"] for one in suggestion.phrases)
    for one in suggestion.weights.values():
        assert one["after"] * 4 == int(one["after"] * 4)
        assert one["after"] * one["before"] >= 0
    draft = accept_suggestion(actor=supervisor, suggestion_id=suggestion.pk)
    assert set(list_changes(draft)) == set(suggestion.weights)
    fitted = {rule.id: rule.weight for rule in load_draft(draft).rules}
    assert all(fitted[rule] == one["after"] for rule, one in suggestion.weights.items())
    with pytest.raises(TriageError, match="accepted already"):
        accept_suggestion(actor=supervisor, suggestion_id=suggestion.pk)


def test_too_few_labels_are_said_and_change_nothing(supervisor):
    suggestion = begin_suggestion(actor=supervisor)
    fit_suggestion(suggestion.pk)
    assert "There are 0 labels" in Suggestion.objects.get().problem


def test_words_that_calm_messages_share_are_not_suggested():
    from triage.facts import Facts
    from triage.labelled import Labelled

    rows = [
        Labelled(Facts("the blue kite is up at the lake"), True, Level.URGENT),
        Labelled(Facts("that blue kite is up by the lake"), True, Level.URGENT),
        *[Labelled(Facts(f"up by the lake, at number {n}"), False, Level.ROUTINE) for n in range(3)],
    ]
    words = [one.words for one in suggest_phrases(shipped_pack(), rows)]
    assert "blue kite is" in words
    assert "by the lake" not in words


def test_only_supervisors_learn(operator):
    for deed in (
        lambda: begin_suggestion(actor=operator),
        lambda: review_label(actor=operator, grading_id=1, level=None),
        lambda: accept_suggestion(actor=operator, suggestion_id=1),
    ):
        with pytest.raises(TriageError, match="Only supervisors"):
            deed()


def test_the_page_settles_doubt_and_offers_the_fit(operator, supervisor):
    message = hear(make_account(), CALM)
    mark(message, operator, 3, "I know him")
    client = Client()
    client.force_login(supervisor)
    page = client.get("/triage/labels/").content.decode()
    assert CALM in page and "I know him" in page
    grading = list_labels()[0].grade.grading_id
    client.post(f"/triage/labels/{grading}/review/", {"level": "3"})
    assert list_labels()[0].level is Level.CRITICAL
    assert "Nothing is in doubt" in client.get("/triage/labels/").content.decode()


def test_fit_and_replay_know_the_desk(operator, supervisor, tmp_path):
    teach(operator)
    out = io.StringIO()
    call_command("fit", desk=True, out=tmp_path / "fitted", stdout=out)
    assert "24 messages" in out.getvalue()
    version = publish_rule(make_member("Sue", Role.SUPERVISOR))
    file = tmp_path / "said.jsonl"
    file.write_text('{"text": "two geese stand on the runway", "level": "critical"}\n')
    for named, figure in ((str(version.number), "1.000"), ("live", "0.000"), ("1", "0.000")):
        out = io.StringIO()
        call_command("replay", str(file), version=named, stdout=out)
        assert f"recall                            {figure}" in out.getvalue()
    with pytest.raises(CommandError, match="no version 99"):
        call_command("replay", str(file), version="99", stdout=out)
