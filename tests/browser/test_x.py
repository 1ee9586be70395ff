"""What operators and admins see of X: prices, context, hiding, and the way to connect an account."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from connectors.acting import carry_out
from connectors.models import Account
from inbox.models import Act, Conversation
from staff.models import Role
from tests.connectors.conftest import poll_now, x_account
from tests.factories import make_member
from tests.sandbox_process import Sandbox, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process", "x_account"]


@pytest.fixture
def insult(transactional_db: None, x_account: Account, sandbox: Sandbox) -> Conversation:
    """A reply of the public's beneath an announcement of ours, quoting somebody else."""
    other = sandbox.post("/town/x/posts", author="Kit", text="The bridge will fall", mention=False)
    ours = sandbox.post("/town/x/announcements", text="The bridge is closed")
    sandbox.post("/town/x/posts", author="Jo", text="You are all useless", in_reply_to=ours, quotes=other)
    poll_now(x_account)
    return Conversation.objects.get()


def keep_picture(page: Page, name: str) -> None:
    """Take a picture where somebody wants to look at it ($DESK_PICTURES)."""
    if os.environ.get("DESK_PICTURES"):
        page.screenshot(path=str(Path(os.environ["DESK_PICTURES"]) / f"{name}.png"), full_page=True)


def test_a_reply_is_hidden_from_the_message_and_shown_again(enter, insult):
    page = enter(make_member("Amrit Kaur"), f"/c/{insult.pk}/")
    page.locator("html[data-connected]").wait_for()
    thread = page.locator("#thread")
    keep_picture(page, "x-message")
    thread.get_by_role("button", name="Hide it from readers").click()
    expect(thread).to_contain_text("the channel is being asked")
    carry_out(Act.objects.get().pk)
    expect(thread).to_contain_text("Hidden from readers by Amrit Kaur", timeout=3_000)
    keep_picture(page, "x-hidden")
    expect(thread.get_by_role("button", name="Show it again")).to_be_visible()
    thread.get_by_text("Show what it answers or quotes").click()
    expect(thread).to_contain_text("Quoting @kit: The bridge will fall")


def test_the_price_of_the_answer_changes_with_a_link_in_it(enter, insult):
    page = enter(make_member("Amrit Kaur"), f"/c/{insult.pk}/")
    price = page.locator(".for-public [data-price]")
    page.locator("[data-text]").fill("We are sorry to hear that")
    expect(price).to_have_text("This reply costs about $0.01.")
    page.locator("[data-text]").fill("Read more at example.org/bridge please")
    expect(price).to_have_text("With a link in it this reply costs about $0.20.")
    keep_picture(page, "x-price")


def test_an_admin_sees_the_terms_the_meter_and_the_web_hook(enter, insult, x_account):
    page = enter(make_member("Ada", Role.ADMIN), "/accounts/add/twitter/")
    expect(page.locator("main")).to_contain_text("government end users")
    keep_picture(page, "x-setup")
    page.goto(f"/accounts/{x_account.pk}/")
    assert x_account.hook_token in page.locator("#hook-address").input_value()
    expect(page.locator("main")).to_contain_text("Spent this month")
    keep_picture(page, "x-account")
