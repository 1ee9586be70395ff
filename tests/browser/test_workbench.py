"""A supervisor finds a missed message, mends the rules, sees what that changes, goes live, and goes back."""

import re

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Message
from inbox.services.alarm_chain import NewStep, add_step, raise_due
from staff.models import Role
from tests.browser.test_accessibility import WINDOWS, check
from tests.factories import make_account, make_member
from tests.triage.desk import SILENT, hear, mark, publish_rule, write_draft
from triage import serving
from triage.errors import NeedsSecond
from triage.models import Draft, Replay, Version
from triage.queries.editions import find_live
from triage.services.golive import go_live
from triage.services.learning import begin_suggestion, fit_suggestion
from triage.services.replays import Material, begin_replay, run_replay
from triage.services.routing import set_route
from triage.services.shadows import begin_shadow, follow_shadow

MISSED = "two geese stand on the runway"


def write_rule(page: Page) -> None:
    """Fill the form of a new rule."""
    page.get_by_label("Title, as staff read it").fill("Geese on the runway")
    page.get_by_label("Short name").fill("desk.geese")
    page.get_by_label("Any of these words").fill("geese, swans, flock of birds")
    page.get_by_label("near any of these").fill("runway, taxiway")
    page.get_by_label("Points").fill("4")
    page.get_by_label("Never lower than").select_option("critical")
    page.get_by_label("Category").fill("animals")
    page.get_by_label("Must hit").fill("geese are on the runway")
    page.get_by_label("Must not hit").fill("geese on the pond")


def test_a_supervisor_mends_the_rules_after_a_missed_message(enter):
    account = make_account()
    operator, supervisor = make_member("Amrit Kaur"), make_member("Tom Bell", Role.SUPERVISOR)
    missed = hear(account, MISSED)
    mark(missed, operator, 3, "A plane was nearly hit")

    page = enter(supervisor, "/triage/")
    page.get_by_label("Any text").fill(MISSED)
    expect(page.locator("#judged")).to_contain_text("Routine")
    page.get_by_label("Name of a new draft").fill("Birds at the airport")
    page.get_by_role("button", name="Begin a draft").click()

    page.get_by_role("link", name="New rule").click()
    write_rule(page)
    expect(page.locator("#checked")).to_contain_text("hits")
    page.get_by_label("Or a pattern").fill("(?=a)b")
    expect(page.locator("#checked")).to_contain_text("cannot be saved yet")
    page.get_by_label("Or a pattern").fill("")
    expect(page.locator("#checked .ok")).to_have_count(2)
    page.get_by_label("Why you change it").fill("A plane was nearly hit on Sunday")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("heading", name="Birds at the airport")).to_be_visible()
    page.get_by_label("Any text").fill(MISSED)
    expect(page.locator("#judged .judged")).to_have_count(2)
    expect(page.locator("#judged")).to_contain_text("Critical")

    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="so far")).to_be_visible()
    while run_replay(Replay.objects.get().pk):
        pass
    expect(page.locator("#replay")).to_contain_text("Finished: 1 messages")
    expect(page.locator("#replay")).to_contain_text("✓ right")
    page.reload()
    expect(page.locator("#replay")).to_contain_text(MISSED)
    expect(page.get_by_role("link", name=f"D{missed.conversation_id}")).to_be_visible()

    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Publish only").click()
    page.get_by_role("button", name="Judge in the shadow").click()
    again = hear(account, MISSED)
    assert again.level == 1, "the shadow touches nobody"
    follow_shadow()
    page.get_by_role("link", name="What it says otherwise").click()
    expect(page.get_by_text("1 message judged by both; it says otherwise on 1")).to_be_visible()
    page.get_by_role("link", name="Back to the version").click()
    page.get_by_label("Why").fill("It finds the geese")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("Version 2 is live.")).to_be_visible()
    serving.forget()
    live = hear(account, MISSED)
    assert (live.level, live.verdict["version"]) == (3, Version.objects.get(number=2).name)

    page.goto("/triage/versions/")
    page.get_by_role("button", name="Go back to version 1").click()
    expect(page.get_by_text("Version 1 judges again.")).to_be_visible()
    serving.forget()
    assert hear(account, MISSED).level == 1
    assert Message.objects.get(pk=live.pk).level == 3
    page.goto("/trail/?verb=rules.went_back")
    expect(page.locator("main")).to_contain_text(re.compile("Tom Bell"))


def lose(supervisor, operator) -> Version:
    """Make a version that loses a message which people marked critical, and ask for it."""
    go_live(actor=supervisor, version_id=publish_rule(supervisor).pk, why="Tried on a month")
    serving.forget()
    message = hear(make_account(), "the geese are on the runway")
    mark(message, operator, 2)
    mark(message, operator, 3)
    worse = publish_rule(supervisor, SILENT)
    with pytest.raises(NeedsSecond):
        go_live(actor=supervisor, version_id=worse.pk, why="Fewer alarms")
    return worse


def test_a_second_supervisor_sees_what_would_be_lost_and_agrees(enter):
    first, second = make_member("Tom Bell", Role.SUPERVISOR), make_member("Ada King", Role.SUPERVISOR)
    worse = lose(first, make_member("Amrit Kaur"))
    page = enter(first, f"/triage/versions/{worse.number}/")
    expect(page.get_by_text("another supervisor must agree")).to_be_visible()
    assert page.get_by_role("button", name="Agree").count() == 0
    page = enter(second, "/triage/versions/")
    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_text("the geese are on the runway").first).to_be_visible()
    page.get_by_role("button", name="Agree: go live and lose it").click()
    expect(page.get_by_text("two supervisors agreed")).to_be_visible()
    assert find_live() == worse


def test_the_whole_way_works_without_script(enter):
    supervisor = make_member("Tom Bell", Role.SUPERVISOR)
    hear(make_account(), MISSED)
    page = enter(supervisor, "/triage/", java_script_enabled=False)
    page.get_by_label("Name of a new draft").fill("Birds")
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_role("link", name="New rule").click()
    write_rule(page)
    page.get_by_role("button", name="Check the examples").click()
    expect(page.locator("#checked .ok")).to_have_count(2)
    page.get_by_label("Why you change it").fill("A plane was nearly hit")
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_role("button", name="Replay", exact=True).click()
    while run_replay(Replay.objects.get().pk):
        pass
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#replay")).to_contain_text(MISSED)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("Why it goes live").fill("It finds them")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("The version is live.")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), WINDOWS)
def test_axe_finds_nothing_on_the_workbench(enter, scheme, width):
    supervisor = make_member("Tom Bell", Role.SUPERVISOR)
    worse = lose(supervisor, make_member("Amrit Kaur"))
    draft = write_draft(supervisor)
    replay = begin_replay(actor=supervisor, candidate=draft, material=Material(days=1))
    while run_replay(replay.pk):
        pass
    begin_shadow(actor=supervisor, version_id=worse.pk)
    follow_shadow()
    doubtful = hear(make_account(), "When does the front desk open?")
    mark(doubtful, make_member("Mina Ito"), 3)
    set_route(actor=supervisor, tag="roads", skills="roads")
    add_step(actor=supervisor, new=NewStep(3, 0, by_screen=True))
    raise_due()
    fit_suggestion(begin_suggestion(actor=supervisor).pk)
    options = {"bypass_csp": True, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    page = enter(supervisor, f"/triage/?draft={draft.pk}", **options)
    page.locator("summary").filter(has_text="Animals").click()
    page.get_by_label("Any text").fill("the geese are on the runway")
    page.wait_for_selector(".judged")
    lines = check(page, "rules")
    paths = [
        f"/triage/drafts/{Draft.objects.get(state='open').pk}/",
        f"/triage/drafts/{draft.pk}/rules/desk.geese/",
        f"/triage/replays/{replay.pk}/",
        "/triage/versions/",
        f"/triage/versions/{worse.number}/",
        f"/triage/versions/{worse.number}/shadow/",
        "/triage/desk.geese/",
        "/triage/labels/",
        "/triage/routing/",
        "/alarms/chain/",
    ]
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        lines += check(page, path)
    assert lines == []
