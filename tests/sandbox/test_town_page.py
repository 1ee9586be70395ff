"""The town's page: a person plays the public on it, with script and without, by mouse and by keyboard."""

import imaplib
import re
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.sandbox.post_office import DESK, PASSWORD, answer
from tests.sandbox_process import Sandbox

ATTACK = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = next(
        (path for path in (Path("/usr/bin/chromium"), Path("/usr/bin/google-chrome")) if path.exists()), None
    )
    with sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium was found on this machine")
        browser = playwright.chromium.launch(
            executable_path=str(found) if found else None, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, town: Sandbox) -> Iterator[Page]:
    context = chromium.new_context(base_url=town.url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    context.close()
    assert [each for each in trouble if "status of 400" not in each] == []


def send_answer(town: Sandbox, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", town.smtp_port, local_hostname="desk.test", timeout=5) as client:
        client.login(DESK, PASSWORD)
        client.send_message(mail)


def form(town: Sandbox, **fields: str) -> requests.Response:
    return requests.post(f"{town.url}/town/write", data=fields, timeout=5, allow_redirects=False)


def test_without_script_a_form_writes_on_every_channel_and_the_page_shows_it(town: Sandbox) -> None:
    for fields in (
        {"channel": "x", "author": "Jo M.", "text": "a public post", "where": "public"},
        {"channel": "x", "author": "Jo M.", "text": "a direct message", "where": "private"},
        {"channel": "facebook", "author": "Dan P.", "text": "a visitor's post", "where": "public"},
        {"channel": "facebook", "author": "Dan P.", "text": "a page message", "where": "private"},
        {"channel": "mail", "author": "P. Osei", "text": "a letter", "subject": "My bike"},
    ):
        sent = form(town, **fields)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/town#{fields['channel']}")
    html = requests.get(f"{town.url}/town", timeout=5).text
    for words in (
        "a public post",
        "a direct message",
        "a visitor&#39;s post",
        "a page message",
        "a letter",
        "My bike",
    ):
        assert words in html
    assert [entry["channel"] for entry in town.journal("written")] == [
        "x",
        "x",
        "facebook",
        "facebook",
        "mail",
    ]


def test_an_incomplete_form_comes_back_with_its_words_and_one_sentence(town: Sandbox) -> None:
    back = form(town, channel="mail", author="", text="kept words", subject="kept subject")
    assert back.status_code == 400
    assert "Give a name to write as." in back.text
    assert "kept words" in back.text and "kept subject" in back.text
    assert form(town, channel="pigeon", author="Jo", text="coo").status_code == 400
    assert "under 20,000 characters" in form(town, channel="x", author="Jo", text="x" * 20_001).text
    assert town.journal("written") == []


def test_the_reply_link_fills_in_the_form_also_without_script(town: Sandbox) -> None:
    first = town.post("/town/x/messages", author="@jo_m", text="are you there")
    html = requests.get(f"{town.url}/town", timeout=5).text
    (link,) = re.findall(r'class="reply" href="([^"]+)"', html)
    page = requests.get(town.url + link.replace("&amp;", "&"), timeout=5).text
    assert f'name="in_reply_to" value="{first}"' in page
    assert 'name="author" value="@jo_m"' in page
    assert 'value="private" checked' in page


def test_a_form_on_another_site_cannot_write(town: Sandbox) -> None:
    fields = {"channel": "x", "author": "Jo", "text": "hi"}
    refused = requests.post(
        f"{town.url}/town/write", data=fields, headers={"Origin": "https://evil.example"}, timeout=5
    )
    assert refused.status_code == 403
    assert town.journal("written") == []


@pytest.mark.parametrize("path", ["/town", "/town/lists/x", "/town/state", "/town/static/town.js"])
def test_every_answer_carries_the_strict_policy(town: Sandbox, path: str) -> None:
    headers = requests.get(town.url + path, timeout=5).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_an_unchanged_list_is_not_sent_again(town: Sandbox) -> None:
    first = requests.get(f"{town.url}/town/lists/x", timeout=5)
    seen = {"If-None-Match": first.headers["etag"]}
    assert requests.get(f"{town.url}/town/lists/x", headers=seen, timeout=5).status_code == 304
    town.post("/town/x/posts", author="Jo", text="hello")
    assert requests.get(f"{town.url}/town/lists/x", headers=seen, timeout=5).status_code == 200
    assert requests.get(f"{town.url}/town/lists/pigeon", timeout=5).status_code == 404
    assert requests.get(f"{town.url}/town/static/page.py", timeout=5).status_code == 404
    assert "def town_routes" not in requests.get(f"{town.url}/town/static/..%2fpage.py", timeout=5).text


def test_a_scenario_is_started_and_stopped_from_the_page(town: Sandbox) -> None:
    def press(**fields: str) -> Any:
        requests.post(f"{town.url}/town/play", data=fields, timeout=5)
        return requests.get(f"{town.url}/town/state", timeout=5).json()["sentence"]

    assert press(scenario="quiet-night", speed="3").startswith("“A quiet night” is playing")
    assert press(scenario="quiet-night", speed="3", stop="1") == "No scenario is playing."
    bad = requests.post(f"{town.url}/town/play", data={"scenario": "nothing", "speed": "1"}, timeout=5)
    assert (bad.status_code, "There is no scenario “nothing”." in bad.text) == (400, True)
    assert (
        requests.post(
            f"{town.url}/town/play", data={"scenario": "quiet-night", "speed": "fast"}, timeout=5
        ).status_code
        == 400
    )


@pytest.mark.browser
def test_what_strangers_write_is_shown_as_text_whatever_it_is(page: Page, town: Sandbox) -> None:
    town.post("/town/x/posts", author=f"Jo {ATTACK}", text=ATTACK)
    town.post("/town/facebook/comments", author=f"Jo {ATTACK}", text=ATTACK)
    town.post("/town/mail", author=f"Jo {ATTACK} <jo@far.example>", text=ATTACK, subject=ATTACK)
    page.goto("/town")
    page.wait_for_timeout(300)
    assert page.title() == "The town · Northshire"
    assert page.locator(".bubble", has_text="<script>").count() == 3
    assert page.locator("main img").count() == 0


@pytest.mark.browser
def test_a_post_and_the_desks_answer_appear_by_themselves(page: Page, town: Sandbox) -> None:
    page.goto("/town")
    page.get_by_label("Your name").nth(2).fill("Jo Marsh")
    page.get_by_label("Your message").fill("Where do I collect my bag?")
    page.get_by_role("button", name="Send").click()
    page.locator(".bubble", has_text="Where do I collect my bag?").wait_for()
    assert page.get_by_label("Your message").input_value() == ""
    (letter,) = town.journal("written")
    send_answer(
        town, answer("At the front desk in Castleby.", to="jo.marsh@town.example", about=letter["data"]["id"])
    )
    page.locator(".ours", has_text="At the front desk in Castleby.").wait_for(timeout=5000)
    assert page.locator("#news").inner_text() == "The police answered Jo Marsh."
    page.get_by_role("link", name="Reply to Jo Marsh").click()
    page.get_by_label("Your message").fill("Thank you, on my way.")
    page.keyboard.press("Control+Enter")
    page.locator(".message", has_text="Thank you, on my way.").wait_for()
    client = imaplib.IMAP4("127.0.0.1", town.imap_port, timeout=5)
    client.login(DESK, PASSWORD)
    client.select()
    raw = client.uid("FETCH", "2", "(BODY.PEEK[HEADER])")[1][0][1]
    assert b"In-Reply-To: <a1@northshire.example>" in raw
    client.logout()


@pytest.mark.browser
def test_words_half_written_survive_the_refresh(page: Page, town: Sandbox) -> None:
    page.goto("/town")
    field = page.get_by_label("What you write").first
    field.fill("half a sen")
    town.post("/town/x/posts", author="Ruth", text="somebody else writes")
    page.get_by_text("somebody else writes").wait_for(timeout=5000)
    assert field.input_value() == "half a sen"
    assert field.evaluate("field => document.activeElement === field")


@pytest.mark.browser
def test_a_refusal_is_said_beside_the_form_and_keeps_the_words(page: Page, town: Sandbox) -> None:
    page.goto("/town")
    page.get_by_label("Your name").first.fill("   ")
    page.get_by_label("What you write").first.fill("hello")
    page.get_by_role("button", name="Post").first.click()
    alert = page.locator("#x [role=alert]")
    alert.wait_for()
    assert alert.inner_text() == "Give a name to write as."
    assert page.get_by_label("What you write").first.input_value() == "hello"


@pytest.mark.browser
def test_a_page_whose_sandbox_has_gone_says_so(page: Page, town: Sandbox) -> None:
    page.goto("/town")
    page.route("**/town/lists/*", lambda route: route.fulfill(status=200, body="x"))
    page.route("**/town/state", lambda route: route.fulfill(status=200, body="no json"))
    page.get_by_text("The sandbox does not answer. The page is as it last was.").wait_for(timeout=5000)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_sticks_out(
    chromium: Browser, town: Sandbox, scheme: Any, width: int
) -> None:
    town.post("/town/x/posts", author="Jo M.", text="a" * 200)
    town.post("/town/facebook/messages", author="Dan P.", text="my brother has left a note")
    town.post(
        "/town/mail", author="A very long name indeed that goes on " * 2, text="hello", subject="s" * 150
    )
    context = chromium.new_context(
        base_url=town.url, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    page.goto("/town")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.browser
def test_the_whole_page_is_reached_by_keyboard_with_its_focus_seen(page: Page, town: Sandbox) -> None:
    town.post("/town/x/posts", author="Jo M.", text="hello")
    page.goto("/town")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                  const here = document.activeElement;
                  if (here === document.body) return ["BODY", true];
                  const name = here.id || here.name || here.textContent.trim().slice(0, 20);
                  return [name, getComputedStyle(here).outlineStyle !== "none"];
                }"""
            )
        )
        if reached[-1][0] == "BODY":
            break
    names = [name for name, _ in reached]
    assert names[0] == "Skip to X"
    for name in ("scenario", "x-author", "x-text", "Reply to Jo M.", "facebook-text", "mail-subject"):
        assert name in names
    assert [name for name, seen in reached if not seen and name not in ("", "BODY")] == []
