"""The API: the same services, permissions and refusals as the pages."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from inbox.models import Reply, Team
from staff.models import Role
from tests.factories import OPEN_BOTH, make_account, make_conversation, make_member, make_message

pytestmark = pytest.mark.django_db
VERDICT = {
    "level": "critical",
    "score": 12.5,
    "reasons": [
        {
            "rule": "life.knife",
            "title": "A knife",
            "category": "violence",
            "weight": 12.5,
            "span": [2, 7],
            "quote": "knife",
            "modifier": None,
        }
    ],
}


class Script:
    """A script that speaks to the API with a member's token."""

    def __init__(self, member=None):
        self.client = Client()
        self.headers = {}
        if member is not None:
            token, _ = Token.objects.get_or_create(user=member)
            self.headers = {"Authorization": f"Token {token.key}"}

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path, body=None, headers=None):
        return self.client.post(
            f"/api/v1/{path}",
            data=body or {},
            content_type="application/json",
            headers={**self.headers, **(headers or {})},
        )


@pytest.fixture
def script(operator) -> Script:
    return Script(operator)


def test_a_list_is_results_next_and_previous_and_its_pages_hold_everything_once(script):
    account = make_account()
    made = {make_conversation(account).pk for _ in range(5)}
    seen, path = [], "conversations/?limit=2"
    while path:
        page = script.get(path).json()
        assert set(page) == {"results", "next", "previous"}
        seen += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver/api/v1/")
    assert sorted(seen) == sorted(made)
    assert page["previous"] is not None


def test_a_conversation_shows_state_urgency_score_reasons_holder_and_messages(script):
    conversation = make_conversation(urgency=3, score=12.5)
    conversation.messages.update(level=3, score=12.5, verdict=VERDICT, text="a knife")
    make_message(conversation, "and then", level=0, verdict={"reasons": []})
    shown = script.get(f"conversations/{conversation.pk}/").json()
    assert (shown["id"], shown["state"], shown["urgency"], shown["score"]) == (
        conversation.pk,
        "open",
        "critical",
        12.5,
    )
    assert shown["reasons"] == VERDICT["reasons"]
    assert shown["holder"] is None
    assert [message["text"] for message in shown["messages"]] == ["a knife", "and then"]
    listed = script.get("conversations/").json()["results"][0]
    assert listed["reasons"] == VERDICT["reasons"]


def test_lists_are_narrowed_by_state_urgency_and_words(script):
    account = make_account()
    urgent = make_conversation(account, text="a black car", urgency=2)
    waiting = make_conversation(account, state="waiting")
    ended = make_conversation(account, state="resolved", outcome="spam", resolved_at=timezone.now())

    def ids(query):
        return [row["id"] for row in script.get(f"conversations/?{query}").json()["results"]]

    assert ids("state=open") == [urgent.pk]
    assert ids("state=waiting") == [waiting.pk]
    assert ids("state=resolved") == [ended.pk]
    assert ids("urgency=urgent") == [urgent.pk]
    assert ids("q=black") == [urgent.pk]
    assert ids(f"account={account.pk}&state=open&urgency=none") == []


@pytest.mark.parametrize(
    "query", ["state=x", "urgency=x", "tab=x", "limit=0", "limit=x", "limit=²", "account=x", "account=-1"]
)
def test_a_filter_that_is_not_known_is_refused_by_name(script, query):
    answer = script.get(f"conversations/?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == query.split("=")[0]


def test_claiming_replying_and_releasing_by_script(script, operator):
    conversation = make_conversation()
    claim = script.post(f"conversations/{conversation.pk}/claim/")
    assert (claim.status_code, claim.json()["holder"], claim.json()["fence"]) == (200, "Ola Operator", 1)
    sent = script.post(
        f"conversations/{conversation.pk}/reply/",
        {"text": "On our way", "visibility": "public", "seen_version": conversation.version, "fence": 1},
    )
    assert (sent.status_code, sent.json()["state"]) == (201, "queued")
    number = sent.json()["id"]
    assert script.get(f"replies/{number}/").json()["text"] == "On our way"
    assert script.post(f"replies/{number}/take-back/").json()["state"] == "cancelled"
    assert script.post(f"conversations/{conversation.pk}/release/").json()["holder"] is None


def test_a_second_script_is_told_with_409_who_holds_it(script):
    conversation = make_conversation()
    script.post(f"conversations/{conversation.pk}/claim/")
    answer = Script(make_member()).post(f"conversations/{conversation.pk}/claim/")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "already_claimed"
    assert answer.json()["error"]["holder"] == "Ola Operator"


def test_the_same_idempotency_key_gives_the_same_answer_and_another_text_422(script):
    path = f"conversations/{make_conversation().pk}/reply/"
    body = {"text": "Hello", "visibility": "public", "idempotency_key": "k"}
    first, again = script.post(path, body), script.post(path, body)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = script.post(path, {**body, "text": "Something else"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")
    by_header = script.post(path, {"text": "Hello", "visibility": "public"}, headers={"Idempotency-Key": "k"})
    assert by_header.json()["id"] == first.json()["id"]
    assert Reply.objects.count() == 1


def test_a_stale_script_and_a_text_that_is_too_long_are_told_why(script):
    path = f"conversations/{make_conversation(version=5).pk}/reply/"
    stale = script.post(path, {"text": "x", "visibility": "public", "seen_version": 4})
    assert (stale.status_code, stale.json()["error"]["version"]) == (409, 5)
    long = script.post(path, {"text": "x" * 281, "visibility": "public"})
    assert (long.status_code, long.json()["error"]["code"]) == (422, "cannot_reply")


def test_note_urgency_escalate_acknowledge_and_resolve_by_script(script):
    team = Team.objects.create(name="Control room", email="room@force.example")
    path = f"conversations/{make_conversation().pk}/"
    assert script.post(f"{path}note/", {"text": "Rang"}).status_code == 201
    graded = script.post(f"{path}urgency/", {"urgency": "critical", "reason": "A child"})
    assert graded.json()["urgency"] == "critical"
    escalation = script.post(f"{path}escalate/", {"team": "control ROOM", "text": "Please look"})
    assert (escalation.status_code, escalation.json()["team"]) == (201, team.name)
    early = script.post(f"{path}resolve/", {"outcome": "incident", "incident_number": "NS-1"})
    assert (early.status_code, early.json()["error"]["code"]) == (409, "wrong_state")
    done = script.post(f"escalations/{escalation.json()['id']}/acknowledge/", {"incident_number": "NS-1"})
    assert (done.json()["state"], done.json()["acknowledged_by"]) == ("acknowledged", "Ola Operator")
    ended = script.post(f"{path}resolve/", {"outcome": "incident"})
    assert (ended.json()["state"], ended.json()["incident_number"]) == ("resolved", "NS-1")
    shown = script.get(path).json()
    assert [note["text"] for note in shown["notes"]] == ["Rang"]
    assert shown["escalations"][0]["incident_number"] == "NS-1"
    assert script.get("teams/").json()["results"][0]["name"] == "Control room"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "x"},
        {"text": "x", "visibility": "secret"},
        {"text": "a\x00b", "visibility": "public"},
        {"text": "a\ud800b", "visibility": "public"},
        {"text": "", "visibility": "public"},
        {"text": ["x"], "visibility": "public"},
        {"text": "x", "visibility": "public", "seen_version": 10**400},
        {"text": "x", "visibility": "public", "fence": "x"},
    ],
)
def test_a_malformed_reply_is_refused_in_our_shape(script, body):
    answer = script.post(f"conversations/{make_conversation().pk}/reply/", body)
    assert answer.status_code in (409, 422)
    assert set(answer.json()) == {"error"}
    assert not Reply.objects.exists()


@pytest.mark.parametrize("raw", ["{", "[]", '"x"', "null", "5"])
def test_a_body_that_is_no_object_is_refused_in_our_shape(script, operator, raw):
    path = f"/api/v1/conversations/{make_conversation().pk}/note/"
    answer = script.client.post(path, raw, content_type="application/json", headers=script.headers)
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"error"}


def test_what_is_not_there_and_what_may_not_be_seen_answer_alike():
    number = make_conversation().pk
    admin = Script(make_member(role=Role.ADMIN))
    hidden, missing = admin.get(f"conversations/{number}/"), admin.get(f"conversations/{10**15}/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content
    assert admin.get(f"conversations/{10**30}/").status_code == 404
    assert admin.get("conversations/").status_code == 403
    for deed, body in (("claim", {}), ("note", {"text": "x"}), ("tags", {"tags": []})):
        assert admin.post(f"conversations/{number}/{deed}/", body).status_code == 403
        assert admin.post(f"conversations/{10**15}/{deed}/", body).status_code == 403


def test_an_auditor_reads_and_changes_nothing(auditor):
    conversation, script = make_conversation(), Script(auditor)
    assert script.get(f"conversations/{conversation.pk}/").status_code == 200
    for deed, body in (
        ("claim", {}),
        ("release", {}),
        ("take-over", {}),
        ("reply", {"text": "x", "visibility": "public"}),
        ("note", {"text": "x"}),
        ("urgency", {"urgency": "critical", "reason": "x"}),
        ("resolve", {"outcome": "answered"}),
        ("escalate", {"team_id": 1, "text": "x"}),
        ("reopen", {"reason": "x"}),
        ("tags", {"tags": ["x"]}),
    ):
        answer = script.post(f"conversations/{conversation.pk}/{deed}/", body)
        assert answer.status_code in (403, 409), deed
    conversation.refresh_from_db()
    assert conversation.version == 1


def test_strangers_and_those_whose_access_has_ended_get_nothing(operator):
    number = make_conversation().pk
    assert Script().get("conversations/").status_code in (401, 403)
    script = Script(operator)
    operator.is_active = False
    operator.save()
    assert script.get(f"conversations/{number}/").status_code in (401, 403)


def test_a_signed_in_browser_needs_the_csrf_token_to_change_anything(operator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    path = f"/api/v1/conversations/{make_conversation().pk}/claim/"
    assert client.post(path).status_code == 403
    assert client.get("/api/v1/conversations/").status_code == 200


def test_the_command_prints_a_token_that_works_and_can_be_renewed(operator, capsys):
    call_command("api_token", operator.username)
    first = capsys.readouterr().out.strip()
    assert (
        Client().get("/api/v1/conversations/", headers={"Authorization": f"Token {first}"}).status_code == 200
    )
    call_command("api_token", operator.username, "--renew")
    second = capsys.readouterr().out.strip()
    assert second != first
    old = Client().get("/api/v1/conversations/", headers={"Authorization": f"Token {first}"})
    assert old.status_code in (401, 403)
    with pytest.raises(CommandError):
        call_command("api_token", "nobody")


@pytest.mark.parametrize("size", [1, 30])
def test_lists_and_conversations_take_the_same_queries_however_long(
    script, size, django_assert_max_num_queries
):
    account = make_account()
    for _ in range(size):
        conversation = make_conversation(account)
    for number in range(size):
        make_message(conversation, str(number))
    script.get(f"conversations/{conversation.pk}/")
    with django_assert_max_num_queries(4):
        assert len(script.get("conversations/").json()["results"]) == size
    with django_assert_max_num_queries(13):
        script.get(f"conversations/{conversation.pk}/")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_scripts_that_claim_at_once_one_wins_and_the_others_learn_who():
    conversation = make_conversation(terms=OPEN_BOTH)
    scripts = [Script(make_member()) for _ in range(20)]
    gate = Barrier(20)

    def race(script):
        gate.wait()
        try:
            answer = script.post(f"conversations/{conversation.pk}/claim/")
            return answer.status_code, answer.json().get("error", {}).get("holder")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(race, scripts))
    conversation.refresh_from_db()
    assert [status for status, _ in answers].count(200) == 1
    losers = [holder for status, holder in answers if status == 409]
    assert conversation.holder
    assert losers == [conversation.holder.name] * 19


def test_replies_escalations_and_teams_are_hidden_from_those_who_do_not_read_the_inbox(operator):
    conversation, script = make_conversation(), Script(operator)
    Team.objects.create(name="Control room", email="room@force.example")
    path = f"conversations/{conversation.pk}/"
    reply = script.post(f"{path}reply/", {"text": "x", "visibility": "public"}).json()["id"]
    escalation = script.post(f"{path}escalate/", {"team": "Control room", "text": "x"}).json()["id"]
    admin = Script(make_member(role=Role.ADMIN))
    assert admin.get(f"replies/{reply}/").status_code == 404
    assert admin.get(f"replies/{reply}/").content == admin.get(f"replies/{10**15}/").content
    assert admin.get(f"escalations/{escalation}/").status_code == 404
    assert admin.get("teams/").status_code == 403
    for deed in ("take-back", "confirm", "send-again"):
        assert admin.post(f"replies/{reply}/{deed}/").status_code == 403
    assert admin.post(f"escalations/{escalation}/withdraw/", {"reason": "x"}).status_code == 403
    assert script.get(f"escalations/{escalation}/").json()["state"] == "pending"


def test_assigning_taking_over_and_settling_by_script(script, operator, supervisor):
    path = f"conversations/{make_conversation().pk}/"
    script.post(f"{path}claim/")
    assert script.post(f"{path}assign/", {"to": "nobody"}).json()["error"]["field"] == "to"
    assert Script(supervisor).post(f"{path}take-over/", {"reason": "x"}).json()["holder"] == supervisor.name
    given = Script(supervisor).post(f"{path}assign/", {"to": operator.username.upper()})
    assert (given.status_code, given.json()["holder"]) == (200, operator.name)
    reply = script.post(f"{path}reply/", {"text": "x", "visibility": "public"}).json()["id"]
    assert script.post(f"replies/{reply}/confirm/").status_code == 409
    Reply.objects.update(state="unknown")
    again = script.post(f"replies/{reply}/send-again/", {"reason": "Not on our page"})
    assert again.json()["state"] == "queued"
