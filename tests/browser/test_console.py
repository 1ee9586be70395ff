"""What operators see and do in the console."""

import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from connectors.models import Account
from inbox.enums import ReplyState, Urgency, Visibility
from inbox.incoming import Author, Incoming, ReplyTerms
from inbox.models import Conversation, Draft, Reply
from inbox.services.ingest import store_page
from tests.factories import make_account, make_conversation, make_member, numbers

CRITICAL = (
    "Someone is breaking in next door right now, two lads with a crowbar. I can see them from the window"
)


def write_as_public(account: Account, text: str, thread: str = "", name: str = "Jo M.") -> Conversation:
    """Let somebody write to the account, as a collected page does it."""
    number = next(numbers)
    item = Incoming(
        remote_id=f"remote{number}",
        thread_key=thread or f"thread{number}",
        author=Author(key=f"{name}", name=name, address="@jo"),
        text=text,
        written_at=timezone.now(),
        raw=b"{}",
        visibility=Visibility.PUBLIC,
        terms=ReplyTerms(public_target="t", private_target="t"),
    )
    with transaction.atomic():
        stored = store_page(account_id=account.pk, items=[item])
    return Conversation.objects.get(pk=stored.conversation_ids[0])


def open_row(page: Page, conversation: Conversation) -> None:
    page.locator(f"#row-{conversation.pk} .who a").click()
    expect(page.locator("#conversation-title")).to_be_visible()


def test_a_second_operator_is_told_who_holds_the_conversation(enter):
    conversation = make_conversation(text="When is the station open?")
    amrit, mina = make_member("Amrit Kaur"), make_member("Mina Ito")
    first, second = enter(amrit), enter(mina, f"/c/{conversation.pk}/")
    expect(second.locator("[data-claim]")).to_be_visible()
    open_row(first, conversation)
    first.locator("[data-claim]").click()
    expect(first.locator("#conversation-head")).to_contain_text("Held by me")
    expect(second.locator("#conversation-head")).to_contain_text("Held by Amrit Kaur", timeout=2_000)
    expect(second.locator("[data-claim]")).to_have_count(0)
    expect(second.locator(f"#row-{conversation.pk}")).to_contain_text("Held by Amrit Kaur", timeout=2_000)


def test_a_reply_is_seen_by_both_windows_and_can_be_undone(enter):
    conversation = make_conversation(text="When is the station open?")
    amrit = make_member("Amrit Kaur")
    page = enter(amrit, f"/c/{conversation.pk}/")
    other = enter(make_member("Mina Ito"), f"/c/{conversation.pk}/")
    other.locator("html[data-connected]").wait_for()
    page.locator("[data-text]").fill("We are open until six.")
    expect(other.locator("[data-typing]")).to_contain_text("Amrit Kaur is typing", timeout=2_000)
    expect(page.locator(".for-public [data-tally]")).to_have_text("22 / 280")
    page.locator("[data-text]").press("Control+Enter")
    waiting = page.locator("[data-reply-state=queued]")
    expect(waiting).to_contain_text("We are open until six.")
    expect(other.locator("[data-reply-state=queued]")).to_be_visible(timeout=2_000)
    waiting.get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("taken back")
    expect(page.locator("[data-text]")).to_have_value("We are open until six.")
    assert list(Reply.objects.values_list("state", flat=True)) == [ReplyState.CANCELLED]


def test_what_was_typed_survives_a_tab_that_is_killed(enter):
    conversation = make_conversation()
    amrit = make_member("Amrit Kaur")
    page = enter(amrit, f"/c/{conversation.pk}/")
    page.locator("[data-text]").fill("Half a sentence")
    expect(page.locator("[data-saved]")).to_contain_text("Draft kept", timeout=4_000)
    page.context.close()
    again = enter(amrit, f"/c/{conversation.pk}/")
    expect(again.locator("[data-text]")).to_have_value("Half a sentence")


def test_sending_against_a_conversation_that_moved_on_shows_what_is_new_and_keeps_the_text(enter):
    account = make_account()
    conversation = write_as_public(account, "Is anybody there?", thread="one")
    page = enter(make_member("Amrit Kaur"), f"/c/{conversation.pk}/")
    page.locator("[data-text]").fill("Yes, we are here.")
    write_as_public(account, "It is on fire now", thread="one")
    expect(page.locator("#thread")).to_contain_text("It is on fire now", timeout=2_000)
    expect(page.locator("[data-new-since]")).to_be_visible()
    page.locator("[data-text]").press("Control+Enter")
    news = page.locator("#whats-new")
    expect(news).to_contain_text("has changed since you opened it")
    expect(news).to_contain_text("It is on fire now")
    expect(page.locator("[data-text]")).to_have_value("Yes, we are here.")
    assert not Reply.objects.exists()
    page.locator("[data-text]").press("Control+Enter")
    expect(page.locator("[data-reply-state=queued]")).to_contain_text("Yes, we are here.")


def test_a_row_with_the_focus_does_not_move_while_contacts_arrive(enter):
    account = make_account()
    for number in range(3):
        write_as_public(account, f"Question {number} about the fair", name=f"Person {number}")
    page = enter(make_member("Amrit Kaur"))
    link = page.locator(".item .who a").nth(1)
    link.focus()
    before = link.bounding_box()
    write_as_public(account, CRITICAL, name="Urgent one")
    line = page.locator("[data-arrivals]")
    expect(line).to_contain_text("1 new, 1 urgent", timeout=3_000)
    page.wait_for_timeout(300)
    after = link.bounding_box()
    assert before and after
    assert page.evaluate("document.activeElement.textContent").startswith("Person 1")
    assert page.locator(".item").count() == 3
    assert after["y"] == before["y"]
    page.keyboard.press("n")
    expect(page.locator(".item").first).to_contain_text("Urgent one")


def test_a_critical_contact_sounds_everywhere_until_one_person_heard_it(enter):
    account = make_account()
    first, second = enter(make_member("Amrit Kaur")), enter(make_member("Mina Ito"))
    conversation = write_as_public(account, CRITICAL)
    assert conversation.urgency == Urgency.CRITICAL
    expect(first.locator(".alarm")).to_contain_text("A critical contact waits", timeout=3_000)
    expect(second.locator(".alarm")).to_be_visible(timeout=3_000)
    expect(first).to_have_title(re.compile(r"^\(1 critical\)"))
    first.wait_for_timeout(350)  # a press in the first 300 ms was meant for what lay there before
    first.get_by_role("button", name="I heard it").click()
    expect(first.locator(".alarm")).to_have_count(0)
    expect(second.locator(".alarm")).to_have_count(0, timeout=3_000)
    conversation.refresh_from_db()
    assert conversation.holder is None


def test_a_stale_screen_says_so_and_sends_nothing(enter):
    conversation = make_conversation()
    page = enter(make_member("Amrit Kaur"))
    page.clock.install()
    page.goto(f"/c/{conversation.pk}/")
    page.locator("[data-text]").fill("Is this still true?")
    page.context.set_offline(True)
    page.wait_for_timeout(700)  # answers that were under way still arrive and count as heard
    page.clock.run_for(45_000)
    expect(page.locator("[data-stale-notice]")).to_be_visible()
    expect(page.locator("[data-live-words]")).to_contain_text("Stale")
    page.locator("[data-text]").press("Control+Enter")
    expect(page.locator("[data-saved]")).to_contain_text("out of date")
    expect(page.locator("[data-text]")).to_have_value("Is this still true?")
    assert not Reply.objects.exists()


def test_the_list_is_worked_by_keys_alone_and_none_of_them_sends(enter):
    account = make_account()
    first = write_as_public(account, "What time is the fair?", name="Person 1")
    write_as_public(account, "Where is the fair?", name="Person 2")
    page = enter(make_member("Amrit Kaur"))
    page.locator(".item .who a").first.focus()
    for key in ("j", "k", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#conversation-title")).to_contain_text("Person 1")
    page.keyboard.press("c")
    expect(page.locator("#conversation-head")).to_contain_text("Held by me")
    expect(page.locator("[data-text]")).to_be_focused()
    page.keyboard.type("jkcren")
    expect(page.locator("[data-text]")).to_have_value("jkcren")
    page.keyboard.press("Escape")
    expect(page.locator(f"#row-{first.pk} .who a")).to_be_focused()
    expect(page.locator("[data-text]")).to_have_value("jkcren")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    assert not Reply.objects.exists()


def test_everything_works_without_script(enter, desk_url):
    conversation = make_conversation(text="How do I report a lost bicycle?")
    amrit = make_member("Amrit Kaur")
    page = enter(None, "/", java_script_enabled=False)
    page.get_by_label("Name").fill(amrit.username)
    page.get_by_label("Password").fill("pass-word-1234")
    page.get_by_role("button", name="Sign in").click()
    page.locator(f"#row-{conversation.pk} .who a").click()
    page.locator("[data-claim]").click()
    expect(page.locator("#conversation-head")).to_contain_text("Held by me")
    page.get_by_text("Note", exact=True).click()
    page.locator("[data-text]").fill("Ask the front desk")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".message.note")).to_contain_text("Ask the front desk")
    page.get_by_text("Public reply", exact=True).click()
    page.locator("[data-text]").fill("Please use our form.")
    page.get_by_role("button", name=re.compile("Reply publicly as")).click()
    expect(page.locator("[data-reply-state=queued]")).to_contain_text("Please use our form.")
    page.get_by_role("link", name="Change urgency").click()
    page.get_by_label("Urgent", exact=False).first.check()
    page.locator("#urgency-reason").fill("It is the third this week")
    page.locator("dialog#urgency button").click()
    expect(page.locator("#messages")).to_contain_text("The urgency is changed")
    page.get_by_role("link", name="Resolve").click()
    page.locator("dialog#resolve button").click()
    expect(page.locator("dialog#resolve [role=alert]")).to_be_visible()
    page.locator("#resolve-reason").fill("Answered with the form")
    assert Reply.objects.get().text == "Please use our form."


def test_a_draft_is_not_left_behind_by_a_reply(enter):
    conversation = make_conversation()
    page = enter(make_member("Amrit Kaur"), f"/c/{conversation.pk}/")
    page.locator("[data-text]").fill("Thank you")
    page.wait_for_timeout(1_900)
    page.locator("[data-text]").press("Control+Enter")
    expect(page.locator("[data-reply-state=queued]")).to_be_visible()
    page.wait_for_timeout(2_500)
    assert not Draft.objects.exclude(text="").exists()
    expect(page.locator("[data-text]")).to_have_value("")


def test_a_claim_that_ran_out_is_told_and_the_text_is_kept(enter):
    conversation = make_conversation()
    amrit = make_member("Amrit Kaur")
    page = enter(amrit, f"/c/{conversation.pk}/")
    page.locator("[data-claim]").click()
    expect(page.locator("#conversation-head")).to_contain_text("Held by me")
    page.locator("[data-text]").fill("Nearly done")
    mina = make_member("Mina Ito")
    until = timezone.now() + timedelta(minutes=5)
    Conversation.objects.filter(pk=conversation.pk).update(holder=mina, held_until=until, fence=99)
    page.locator("[data-text]").press("Control+Enter")
    expect(page.locator("#whats-new")).to_contain_text("Mina Ito holds this conversation")
    expect(page.locator("[data-text]")).to_have_value("Nearly done")
