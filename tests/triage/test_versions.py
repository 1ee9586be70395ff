"""Supervisors draft, publish and switch versions of the rules; what was published stays as it was."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import Error, connection, transaction

from audit.models import Entry
from staff.models import Role
from tests.factories import make_account, make_member
from tests.together import run_together
from tests.triage.desk import GEESE, SILENT, hear, mark, publish_rule, write_draft
from triage import serving
from triage.errors import MovedOn, NeedsSecond, TriageError
from triage.facts import Facts
from triage.history import desk_history
from triage.live import pack as shipped_pack
from triage.models import Activation, Ask, Change, Live, Snapshot, Version
from triage.queries import editions
from triage.queries.editions import find_live, load_draft, load_engine
from triage.rules.edition import load_files
from triage.rules.write import read_rule, write_rule
from triage.services.drafts import NewChange, change_rule, discard_draft, publish, undo_change
from triage.services.golive import confirm, go_back, go_live
from triage.services.shipped import take_in_shipped
from triage.verdict import Level

pytestmark = pytest.mark.django_db
TEXT = "two geese stand on the runway"


@pytest.fixture
def second(db):
    return make_member("Sam Second", Role.SUPERVISOR)


def test_every_shipped_rule_is_the_same_after_it_was_written_out_and_read():
    for rule in shipped_pack().rules:
        assert read_rule(write_rule(rule)) == rule


def test_the_shipped_rules_are_version_one_and_kept_whole():
    version = take_in_shipped()
    assert (version.number, version.name) == (1, shipped_pack().version)
    assert take_in_shipped() == version == find_live()
    assert load_files(Snapshot.objects.get().files) == shipped_pack()


def test_a_draft_judges_nobody_until_it_is_published_and_live(supervisor):
    draft = write_draft(supervisor)
    assert serving.assess(Facts(TEXT)).level is Level.ROUTINE
    version = publish(actor=supervisor, draft_id=draft.pk)
    assert serving.assess(Facts(TEXT)).level is Level.ROUTINE
    go_live(actor=supervisor, version_id=version.pk, why="Tried on a month")
    serving.forget()
    verdict = serving.assess(Facts(TEXT))
    assert (verdict.level, verdict.version) == (Level.CRITICAL, version.name)
    assert {entry.verb for entry in Entry.objects.all()} >= {
        "rules.draft_begun",
        "rules.rule_changed",
        "rules.published",
        "rules.went_live",
    }


def test_going_back_is_one_press_and_judges_as_before(supervisor):
    first = take_in_shipped()
    version = publish_rule(supervisor)
    go_live(actor=supervisor, version_id=version.pk, why="Tried")
    go_back(actor=supervisor, version_id=first.pk, why="Too many geese")
    serving.forget()
    assert serving.assess(Facts(TEXT)).version == first.name
    with pytest.raises(TriageError, match="never live"):
        go_back(actor=supervisor, version_id=publish_rule(supervisor, SILENT).pk, why="No")


def test_an_old_version_gives_the_same_verdict_for_ever(supervisor):
    version = publish_rule(supervisor)
    before = load_engine(version).assess(Facts(TEXT))
    change = NewChange("desk.geese", SILENT, "Less")
    for _ in range(2):
        draft = write_draft(supervisor, name="Later")
        change_rule(actor=supervisor, draft_id=draft.pk, new=change)
        publish(actor=supervisor, draft_id=draft.pk)
    for cached in (editions._base, editions._pack, editions._engine):
        cached.cache_clear()
    assert load_engine(Version.objects.get(pk=version.pk)).assess(Facts(TEXT)) == before


@pytest.mark.parametrize("table", ["version", "snapshot", "change", "activation", "live"])
@pytest.mark.parametrize("deed", ["DELETE FROM triage_{}", "UPDATE triage_{} SET id = id"])
def test_the_database_refuses_to_change_what_was_published(supervisor, table, deed):
    publish_rule(supervisor)
    if table == "live" and "UPDATE" in deed:
        go_live(actor=supervisor, version_id=publish_rule(supervisor, SILENT).pk, why="x")
        deed = "UPDATE triage_{} SET version_id = (SELECT id FROM triage_version WHERE number = 1)"
    column = "name" if table == "snapshot" else "id"
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table).replace("id = id", f"{column} = {column}"))


def test_a_rule_whose_examples_are_wrong_is_refused_with_a_sentence(supervisor):
    draft = write_draft(supervisor)
    for text, sentence in (
        (GEESE.replace("hit: the geese are on the runway", "hit: ducks"), "does not hit “ducks”"),
        (GEESE.replace("miss: the geese are on the pond", "miss: geese runway"), "must not"),
        (GEESE.replace("say: geese .. runway", "pattern: (?=a)b"), "its pattern cannot be used"),
        (GEESE.replace("weight: 4", "weight: 0.3"), "quarter points"),
        (GEESE + "\x00", "cannot be kept"),
        (GEESE.replace("hit: the geese are on the runway\n", ""), "at least one example"),
    ):
        with pytest.raises(TriageError, match=sentence.replace("(", r"\(")):
            change_rule(actor=supervisor, draft_id=draft.pk, new=NewChange("desk.geese", text, "Try"))
    assert Change.objects.count() == 1


def test_two_supervisors_on_one_rule_do_not_overwrite_each_other_unseen(supervisor, second):
    draft = write_draft(supervisor)
    seen = Change.objects.get().pk
    change_rule(actor=second, draft_id=draft.pk, new=NewChange("desk.geese", SILENT, "Less", seen))
    with pytest.raises(MovedOn, match="Sam Second changed this rule"):
        change_rule(actor=supervisor, draft_id=draft.pk, new=NewChange("desk.geese", GEESE, "More", seen))


def test_an_undone_change_leaves_the_rule_as_it_was_and_stays_in_the_history(supervisor):
    draft = write_draft(supervisor)
    undo_change(actor=supervisor, draft_id=draft.pk, rule="desk.geese")
    assert load_draft(draft).version == shipped_pack().version
    assert Change.objects.count() == 2
    with pytest.raises(TriageError, match="changes nothing"):
        publish(actor=supervisor, draft_id=draft.pk)


def test_only_supervisors_change_rules(operator, auditor, supervisor):
    draft = write_draft(supervisor)
    change = NewChange("x.y", GEESE, "x")
    deeds = (
        lambda member: change_rule(actor=member, draft_id=draft.pk, new=change),
        lambda member: publish(actor=member, draft_id=draft.pk),
        lambda member: discard_draft(actor=member, draft_id=draft.pk),
        lambda member: go_live(actor=member, version_id=1, why="x"),
        lambda member: go_back(actor=member, version_id=1, why="x"),
    )
    for member in (operator, auditor, make_member("Root", Role.ADMIN)):
        for deed in deeds:
            with pytest.raises(TriageError, match="Only supervisors"):
                deed(member)


def lose_one(operator, supervisor) -> tuple[Version, int]:
    """A live version finds a message that people marked critical; a newer one would lose it."""
    first = publish_rule(supervisor)
    go_live(actor=supervisor, version_id=first.pk, why="Tried")
    serving.forget()
    message = hear(make_account(), TEXT)
    assert message.level == Level.CRITICAL
    mark(message, operator, 2)
    mark(message, operator, 3)
    return publish_rule(supervisor, SILENT), message.pk


def test_a_version_that_loses_a_critical_message_needs_a_second_supervisor(operator, supervisor, second):
    worse, message_id = lose_one(operator, supervisor)
    with pytest.raises(NeedsSecond, match="one message lower"):
        go_live(actor=supervisor, version_id=worse.pk, why="Fewer alarms")
    ask = Ask.objects.get(version=worse)
    assert ask.lost == [message_id]
    assert find_live() != worse
    with pytest.raises(TriageError, match="yourself"):
        confirm(actor=supervisor, ask_id=ask.pk)
    with pytest.raises(TriageError, match="Only supervisors"):
        confirm(actor=operator, ask_id=ask.pk)
    go = confirm(actor=second, ask_id=ask.pk)
    assert (go.by, go.confirmed_by, go.lost_count) == (supervisor, second, 1)
    assert find_live() == worse


def test_the_database_itself_refuses_a_loss_without_a_second_supervisor(operator, supervisor, second):
    worse, _ = lose_one(operator, supervisor)
    with pytest.raises(NeedsSecond):
        go_live(actor=supervisor, version_id=worse.pk, why="Fewer alarms")
    ask = Ask.objects.get(version=worse)
    for by, confirmed, lost in ((supervisor, None, 1), (supervisor, supervisor, 1), (supervisor, None, 0)):
        words = {"by": by, "confirmed_by": confirmed, "lost_count": lost, "why": "x"}
        with pytest.raises(Error), transaction.atomic():
            Activation.objects.create(version=worse, kind="forward", ask=ask, **words)
    other = Activation.objects.order_by("id").first()
    with pytest.raises(Error), transaction.atomic():
        Live.objects.filter(pk=1).update(activation=other, version=worse)


@pytest.mark.django_db(transaction=True)
def test_of_two_supervisors_who_agree_at_once_one_makes_it_live(operator, supervisor, second):
    worse, _ = lose_one(operator, supervisor)
    with pytest.raises(NeedsSecond):
        go_live(actor=supervisor, version_id=worse.pk, why="Fewer alarms")
    ask, third = Ask.objects.get(version=worse), make_member("Third", Role.SUPERVISOR)

    def agree(member):
        try:
            return confirm(actor=member, ask_id=ask.pk).pk
        except TriageError:
            return None

    won = run_together(*[lambda m=member: agree(m) for member in (second, third, supervisor)])
    assert len([one for one in won if one]) == 1
    assert Activation.objects.filter(version=worse).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_that_nobody_told_follows_a_new_version_within_a_second(supervisor, monkeypatch):
    version = publish_rule(supervisor)
    assert serving.assess(Facts(TEXT)).version == shipped_pack().version
    load_engine(version)
    # Another process does not hear that this one has changed what is live: it has to look.
    monkeypatch.setattr(serving, "forget", lambda: None)
    go_live(actor=supervisor, version_id=version.pk, why="Tried")
    serving.assess(Facts(TEXT))
    begun = time.monotonic()
    seen: list[float] = []

    def watch() -> None:
        while time.monotonic() - begun < 5 and not seen:
            if serving.assess(Facts(TEXT)).version == version.name:
                seen.append(time.monotonic() - begun)
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    watcher.join()
    assert seen and seen[0] < 1


def test_judging_the_past_again_gives_the_stored_verdicts(operator):
    take_in_shipped()
    account = make_account(channel="email")
    hear(account, "help me he has a knife", subject="Door", thread_key="t")
    hear(account, "still here, please hurry", subject="Re: Door", thread_key="t")
    hear(account, "what time do you open", subject="Opening hours")
    past = desk_history().read(datetime(2000, 1, 1, tzinfo=UTC), 0, 10)
    assert len(past) == 3
    for one in past:
        verdict = serving.assess(one.facts)
        assert (verdict.level, verdict.score, verdict.version) == (one.level, one.score, one.version)
