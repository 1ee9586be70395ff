"""From a stranger's post to the reply they read: the whole job, in real windows, over the real protocols."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from desk.local.demo import PASSWORD
from tests.demo_process import running_demo

POST = "someone is breaking in next door right now, two lads with a crowbar, Orchid Close"
SOON = 20_000
Window = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A whole demo without a scenario: what happens is what the journey does."""
    with running_demo(tmp_path_factory.mktemp("journey")) as (env, _):
        yield env


@pytest.fixture
def window(browser: Browser, demo: dict[str, str]) -> Iterator[Window]:
    """Open a window and sign in through the page; nobody's window shows the town or a public page."""
    contexts = []
    errors: list[str] = []

    def open_window(who: str = "", path: str = "/") -> Page:
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, base_url=f"http://127.0.0.1:{demo['DESK_PORT']}"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if who:
            page.goto("/login/")
            page.get_by_label("Name", exact=True).fill(who)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.locator("form button.primary").click()
            page.wait_for_load_state()
        if not who or path != "/":
            page.goto(path)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert errors == []


def open_contact(page: Page, name: str) -> None:
    """Wait for the contact in the queue, let new rows in where they gather, and open it."""
    row = page.locator(".queue article").filter(has_text=name).first
    gathered = page.locator("[data-arrivals]")
    expect(row.or_(gathered).first).to_be_visible(timeout=SOON)
    if not row.is_visible():
        gathered.click()
    # A row that has just come in takes no press for 300 ms: nobody shall press what moved under their hand.
    page.wait_for_timeout(400)
    row.locator(".who a").click()
    expect(page.locator("#conversation-title")).to_contain_text(name)


def send(page: Page, text: str) -> None:
    """Write an answer the way that is offered first, and send it."""
    page.locator("[data-text]").fill(text)
    page.locator("[data-send]:visible").click()
    expect(page.locator("#thread")).to_contain_text(text, timeout=SOON)


def write_in_town(town: Page, channel: str, author: str, text: str, private: bool = False) -> None:
    """Write as a member of the public on the town's page."""
    form = town.locator(f"#{channel} form.write")
    form.get_by_label("Your name").fill(author)
    form.locator("textarea").fill(text)
    if private:
        form.get_by_label("The police only").check()
    form.locator("button[type=submit], button.primary").first.click()
    expect(town.locator(f"#{channel} .threads")).to_contain_text(text, timeout=SOON)


def accepted(demo: dict[str, str], channel: str, words: str) -> dict[str, Any]:
    """Wait for the one thing with these words that the world outside accepted from the desk."""
    address = f"http://127.0.0.1:{demo['SANDBOX_PORT']}/town/journal"
    end = time.monotonic() + SOON / 1000
    while time.monotonic() < end:
        entries = requests.get(address, params={"kind": "accepted", "limit": "1000"}, timeout=10).json()[
            "entries"
        ]
        found = [one["data"] for one in entries if one["channel"] == channel and words in str(one["data"])]
        if found:
            assert len(found) == 1, "it went out more than once"
            return dict(found[0])
        time.sleep(0.2)
    raise AssertionError(f"{words!r} never left the desk")


def test_a_post_is_flagged_claimed_answered_escalated_acknowledged_and_resolved(window, demo):
    town = window(path=f"http://127.0.0.1:{demo['SANDBOX_PORT']}/town")
    amrit = window("operator")
    write_in_town(town, "x", "Jo Marsh", POST)
    open_contact(amrit, "Jo Marsh")
    expect(amrit.locator("#conversation-head")).to_contain_text("Critical")
    expect(amrit.locator("#thread mark").first).to_be_visible()
    expect(amrit.locator("#conversation-told")).to_contain_text("Why critical")

    mina = window("operator2", amrit.url)
    amrit.locator("[data-claim]").click()
    expect(amrit.locator("#conversation-head")).to_contain_text("Held by me")
    expect(mina.locator("#conversation-head")).to_contain_text("Held by Amrit Kaur", timeout=5_000)

    answer = "Jo, officers are on their way. Please stay inside and call 999 if you can."
    send(amrit, answer)
    expect(town.locator("#x .threads")).to_contain_text(answer, timeout=SOON)
    assert accepted(demo, "x", "officers are on their way")["what"] == "reply"

    amrit.locator("[data-dialog=escalate]").click()
    amrit.locator("#escalate-team").select_option(label="Control room")
    amrit.locator("#escalate-text").fill("Burglary in progress, two offenders on scene.")
    amrit.locator("#escalate button.danger").click()
    expect(amrit.locator("#conversation-told, #conversation-head").first).to_contain_text(
        re.compile("Control room|Escalated"), timeout=SOON
    )
    letter = accepted(demo, "mail", "Burglary in progress")
    link = re.search(r"/acknowledge/[^\s/]+/", letter["text"])
    assert link is not None
    control_room = window(path=link[0])
    control_room.get_by_label("Your name and role").fill("Sgt Hill")
    control_room.get_by_label("Incident number").fill("NS-20261122-0415")
    control_room.get_by_role("button", name="Acknowledge").click()
    expect(control_room.get_by_role("status")).to_contain_text("Acknowledged")

    amrit.reload()
    expect(amrit.locator("body")).to_contain_text("NS-20261122-0415")
    amrit.locator("[data-dialog=resolve]").click()
    amrit.locator("#resolve-outcome").select_option("incident")
    expect(amrit.locator("#resolve-number")).to_have_value("NS-20261122-0415")
    amrit.locator("#resolve button.primary").click()
    expect(amrit.locator("#conversation-head")).to_contain_text("Resolved", timeout=SOON)

    auditor = window("auditor", "/trail/")
    for deed in ("claimed", "reply.queued", "escalated", "acknowledged", "resolved", "seen"):
        expect(auditor.locator("body")).to_contain_text(deed)
    auditor.get_by_role("button", name="Check that it is whole").click()
    expect(auditor.locator("body")).to_contain_text("The trail is whole")


def test_a_mail_is_answered_and_the_answer_belongs_to_its_thread(window, demo):
    address = f"http://127.0.0.1:{demo['SANDBOX_PORT']}/town/mail"
    letter = {"author": "Pat Lee", "subject": "Lost purse", "text": "I lost my brown purse on the 47 bus."}
    number = requests.post(address, json=letter, timeout=10).json()["id"]
    operator = window("operator")
    open_contact(operator, "Pat Lee")
    answer = "Dear Pat, please try the bus company first, and write again if it is not there."
    send(operator, answer)
    sent = accepted(demo, "mail", "please try the bus company")
    assert sent["in_reply_to"] == number
    town = window(path=f"http://127.0.0.1:{demo['SANDBOX_PORT']}/town")
    expect(town.locator("#mail .threads")).to_contain_text("please try the bus company", timeout=SOON)


def test_a_private_message_is_answered_privately(window, demo):
    town = window(path=f"http://127.0.0.1:{demo['SANDBOX_PORT']}/town")
    write_in_town(
        town, "facebook", "Sam Oak", "can i tell you about my neighbour in private please", private=True
    )
    operator = window("operator")
    open_contact(operator, "Sam Oak")
    expect(operator.locator("#conversation-head")).not_to_contain_text("Public thread")
    send(operator, "Of course, Sam. Tell us what happened, only we can read it.")
    accepted(demo, "facebook", "only we can read it")
    expect(town.locator("#facebook .threads")).to_contain_text("only we can read it", timeout=SOON)


def test_the_supervisor_sees_it_all_and_the_admin_sees_that_the_accounts_are_well(window, demo):
    supervisor = window("supervisor", "/shift/")
    expect(supervisor.locator("#board")).to_contain_text("Critical waiting")
    expect(supervisor.locator("#board")).to_contain_text("Tom Bell", timeout=SOON)
    before = supervisor.locator("#board .figure").nth(0).locator(".value")
    waiting = int(before.inner_text())
    wide = supervisor.evaluate(
        "[...document.querySelectorAll('#board rect.bar')].map((one) => one.getBoundingClientRect().width)"
    )
    assert wide and max(wide) < 80  # a bar of the chart is as wide as its hour
    address = f"http://127.0.0.1:{demo['SANDBOX_PORT']}/town/x/posts"
    requests.post(address, json={"author": "Ned Ash", "text": POST}, timeout=10).raise_for_status()
    expect(before).to_have_text(str(waiting + 1), timeout=SOON)
    admin = window("admin", "/accounts/")
    expect(admin.locator("tbody tr")).to_have_count(5)
    expect(admin.locator("tbody")).to_contain_text("Collected")
    expect(admin.locator(".dot.late, .dot.bad")).to_have_count(0)
