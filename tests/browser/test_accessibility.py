"""Everybody can use every page: no finding of axe in light and dark, wide and narrow; no sideways scroll."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from inbox.models import Escalation, Team
from inbox.services.escalate import make_ack_token
from staff.models import Role
from staff.services import announce, hand_over, note_seen
from tests.browser.test_console import CRITICAL, write_as_public
from tests.factories import make_account, make_member
from triage.live import pack

RULES = {
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
WINDOWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 320)]


def check(page: Page, name: str) -> list[str]:
    """Return what axe finds, and a sideways scroll of the page."""
    found = Axe().run(page, options=RULES).response["violations"]
    lines = [
        f"{name}: {one['id']} {node['target']} {node['any'][:1]} {node['html'][:120]}"
        for one in found
        for node in one["nodes"][:4]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        lines.append(f"{name}: scrolls sideways")
    return lines


@pytest.mark.parametrize(("scheme", "width"), WINDOWS)
def test_axe_finds_nothing_on_the_console(enter, scheme, width):
    account = make_account()
    Team.objects.create(name="Control room", email="control@example.com")
    urgent = write_as_public(account, CRITICAL)
    write_as_public(account, "What time does the fair begin on Saturday?", name="Person 2")
    operator = make_member("Amrit Kaur")
    # axe brings a style of its own, which the desk's content policy would refuse.
    options = {"bypass_csp": True, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    lines = check(enter(None, "/login/", **options), "sign-in")
    page = enter(operator, "/", **options)
    page.wait_for_selector(".alarm")
    lines += check(page, "queue")
    page.goto(f"/c/{urgent.pk}/")
    page.wait_for_selector(".alarm")
    page.get_by_text("Show the rules").click()
    lines += check(page, "conversation")
    page.locator("[data-text]").fill("x" * 300)
    lines += check(page, "too long")
    page.locator("[data-dialog=escalate]").click()
    lines += check(page, "dialog")
    for path in ("/search/?q=fair", "/?tab=mine", "/?tab=waiting"):
        page.goto(path)
        lines += check(page, path)
    assert lines == []


def test_every_press_target_is_large_enough(enter):
    account = make_account()
    urgent = write_as_public(account, CRITICAL)
    page = enter(make_member("Amrit Kaur"), f"/c/{urgent.pk}/")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, select, .button")]
            .filter((one) => one.offsetParent && !one.ariaHidden && one.getBoundingClientRect().height < 24)
            .map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert small == []


@pytest.mark.parametrize(("scheme", "width"), WINDOWS)
def test_axe_finds_nothing_on_the_other_pages(enter, scheme, width):
    account = make_account(channel="email")
    team = Team.objects.create(name="Control room", email="control@example.com")
    urgent = write_as_public(account, CRITICAL)
    supervisor = make_member("Tom Bell", Role.SUPERVISOR)
    note_seen(actor=supervisor)
    announce(actor=supervisor, text="Press line agreed")
    hand_over(actor=supervisor, text="Family of the missing man writes privately")
    row = Escalation.objects.create(
        conversation=urgent, team=team, author=supervisor, text="Please look", created_at=timezone.now()
    )
    rule = pack().rules[0].id
    options = {"bypass_csp": True, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    rooms = {
        Role.SUPERVISOR: [
            "/shift/",
            "/teams/",
            f"/teams/{team.pk}/",
            "/trail/?verb=seen",
            "/triage/",
            f"/triage/{rule}/",
        ],
        Role.ADMIN: [
            "/accounts/",
            f"/accounts/{account.pk}/",
            "/accounts/add/email/",
            "/staff/",
            "/staff/add/",
            "/password/",
        ],
    }
    lines: list[str] = []
    for role, paths in rooms.items():
        page = enter(supervisor if role == Role.SUPERVISOR else make_member("Ros Hale", role), "/", **options)
        for path in paths:
            page.goto(path)
            lines += check(page, path)
    page = enter(None, f"/acknowledge/{make_ack_token(row)}/", **options)
    lines += check(page, "acknowledge")
    assert lines == []
