"""A change of the rules is tried on what people decided before it judges anybody."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from inbox.models import Conversation, Message
from inbox.services.resolve import resolve
from tests.factories import make_account
from tests.together import run_together
from tests.triage.desk import GEESE, SILENT, hear, mark, publish_rule, write_draft
from triage.errors import TriageError
from triage.models import Difference, Replay, ReplayState, ShadowVerdict
from triage.services import replays
from triage.services.golive import go_live
from triage.services.replays import Material, begin_replay, list_due, run_replay, stop_replay
from triage.services.shadows import begin_shadow, end_shadow, follow_shadow
from triage.tally import Tally
from triage.verdict import Level

pytestmark = pytest.mark.django_db
TEXT = "two geese stand on the runway"
CALM = "When does the front desk open on Sunday?"


def finish(replay: Replay) -> Replay:
    while run_replay(replay.pk):
        pass
    return Replay.objects.get(pk=replay.pk)


def test_a_replay_says_what_a_draft_would_catch_and_which_messages_change(operator, supervisor):
    account = make_account()
    missed, calm = hear(account, TEXT), hear(account, CALM)
    mark(missed, operator, 3)
    draft = write_draft(supervisor)
    done = finish(begin_replay(actor=supervisor, candidate=draft, material=Material(days=7)))
    assert (done.state, done.done, done.total) == (ReplayState.FINISHED, 2, 2)
    critical, _ = Tally(done.tally).levels()
    assert (critical.total, critical.before, critical.after) == (1, 0, 1)
    only = Difference.objects.get()
    assert (only.message_id, only.before, only.after, only.decided) == (missed.pk, 1, 3, 3)
    assert Message.objects.get(pk=missed.pk).level == Level.ROUTINE, "the past stays as it was judged"
    assert calm.pk != only.message_id


def test_what_people_dealt_with_and_left_as_it_was_counts_as_their_word(operator, supervisor):
    message = hear(make_account(), TEXT)
    thread = message.conversation
    from inbox.services.claim import claim

    claim(actor=operator, conversation_id=thread.pk)
    resolve(actor=operator, conversation_id=thread.pk, outcome="no_action", incident_number="", reason="")
    done = finish(
        begin_replay(actor=supervisor, candidate=write_draft(supervisor), material=Material(days=1))
    )
    assert Tally(done.tally).alarms() == (0, 1)


def test_a_replay_goes_on_where_it_stopped_and_counts_nothing_twice(supervisor, monkeypatch):
    monkeypatch.setattr(replays, "AT_ONCE", 2)
    account = make_account()
    for _ in range(5):
        hear(account, TEXT)
    replay = begin_replay(actor=supervisor, candidate=write_draft(supervisor), material=Material(days=1))
    assert run_replay(replay.pk, seconds=0.000001)
    halfway = Replay.objects.get(pk=replay.pk)
    assert (halfway.state, halfway.done) == (ReplayState.RUNNING, 2)
    assert list_due() == [replay.pk]
    assert finish(halfway).done == 5
    assert Difference.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_replay_count_nothing_twice(supervisor, monkeypatch):
    monkeypatch.setattr(replays, "AT_ONCE", 2)
    # Leases that are over at once: only the fence keeps the two apart.
    monkeypatch.setattr(replays, "LEASE", timedelta(seconds=-1))
    account = make_account()
    for _ in range(9):
        hear(account, TEXT)
    replay = begin_replay(actor=supervisor, candidate=write_draft(supervisor), material=Material(days=1))
    run_together(*[lambda: run_replay(replay.pk)] * 3)
    done = finish(Replay.objects.get(pk=replay.pk))
    assert (done.done, Difference.objects.count()) == (9, 9)


def test_a_worker_that_was_lost_is_followed_by_another(supervisor):
    hear(make_account(), TEXT)
    replay = begin_replay(actor=supervisor, candidate=write_draft(supervisor), material=Material(days=1))
    Replay.objects.update(lease_until=timezone.now() + timedelta(seconds=30))
    assert not list_due() and not run_replay(replay.pk)
    Replay.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert finish(replay).state == ReplayState.FINISHED


def test_a_replay_can_be_stopped_and_keeps_what_it_found(supervisor):
    replay = begin_replay(actor=supervisor, candidate=write_draft(supervisor), material=Material(days=1))
    stop_replay(actor=supervisor, replay_id=replay.pk)
    assert finish(replay).state == ReplayState.STOPPED


def test_a_file_of_labelled_messages_is_replayed(supervisor):
    client = Client()
    client.force_login(supervisor)
    lines = [{"text": TEXT, "level": "critical"}, {"text": CALM, "urgent": 0}, {"text": "geese. runway"}]
    draft = write_draft(supervisor)
    good = "\n".join(json.dumps(line) for line in lines[:2]).encode()
    answer = client.post(
        "/triage/replays/", {"draft": draft.pk, "file": SimpleUploadedFile("mine.jsonl", good)}
    )
    replay = finish(Replay.objects.get())
    assert answer.headers["Location"] == f"/triage/replays/{replay.pk}/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert TEXT in page and "mine.jsonl" in page and "people said critical" in page
    bad = "\n".join(json.dumps(line) for line in lines).encode()
    page = client.post(
        "/triage/replays/", {"draft": draft.pk, "file": SimpleUploadedFile("x", bad)}, follow=True
    ).content.decode()
    assert "line 3 is not a labelled message" in page
    assert Replay.objects.count() == 1


@pytest.mark.parametrize("days", [0, -1, 367])
def test_senseless_days_are_refused_with_a_sentence(supervisor, days):
    with pytest.raises(TriageError, match="between 1 and 366"):
        begin_replay(actor=supervisor, candidate=write_draft(supervisor), material=Material(days=days))


def test_the_shadow_judges_what_is_new_and_touches_nobody(supervisor):
    account = make_account()
    hear(account, TEXT)
    version = publish_rule(supervisor)
    begin_shadow(actor=supervisor, version_id=version.pk)
    fresh, calm = hear(account, TEXT), hear(account, CALM)
    before = list(Conversation.objects.values_list("pk", "urgency", "version"))
    assert follow_shadow() == 2
    assert follow_shadow() == 0
    differs = ShadowVerdict.objects.get(message_id=fresh.pk)
    assert (differs.before, differs.after) == (1, 3)
    assert ShadowVerdict.objects.get(message_id=calm.pk).after == calm.level
    assert list(Conversation.objects.values_list("pk", "urgency", "version")) == before
    client = Client()
    client.force_login(supervisor)
    page = client.get(f"/triage/versions/{version.number}/shadow/").content.decode()
    assert TEXT in page and CALM not in page
    with pytest.raises(TriageError, match="Another version"):
        begin_shadow(actor=supervisor, version_id=publish_rule(supervisor, SILENT).pk)
    end_shadow(actor=supervisor)
    hear(account, TEXT)
    assert follow_shadow() == 0


def test_the_shadow_of_the_live_version_is_refused(supervisor):
    version = publish_rule(supervisor, GEESE)
    shadow = begin_shadow(actor=supervisor, version_id=version.pk)
    go_live(actor=supervisor, version_id=version.pk, why="Tried")
    shadow.refresh_from_db()
    assert shadow.ended_at is not None, "going live ends it"
    with pytest.raises(TriageError, match="is live"):
        begin_shadow(actor=supervisor, version_id=version.pk)
