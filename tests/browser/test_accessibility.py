"""Everybody can use every page: no finding of axe in light and dark, wide and narrow; no sideways scroll."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from inbox.models import Team
from tests.browser.test_console import CRITICAL, write_as_public
from tests.factories import make_account, make_member

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
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 24)
            .map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert small == []
