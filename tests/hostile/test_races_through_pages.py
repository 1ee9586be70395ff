"""Several people press at the same moment: one wins, the others are told who, and nothing typed is lost."""

from collections import Counter
from html import unescape

import pytest
from django.test import Client

from inbox.models import Conversation, Reply
from tests.factories import make_conversation, make_member
from tests.together import run_together

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


def enter(name: str) -> Client:
    """Return the browser of an operator of that name."""
    client = Client(raise_request_exception=False)
    client.force_login(make_member(name))
    return client


def test_of_six_who_answer_at_once_one_is_heard_and_the_others_keep_their_words():
    conversation = make_conversation(text="Is anybody there?")
    windows = [enter(f"Person {number}") for number in range(PEOPLE)]

    def answer(number: int):
        form = {"way": "public", "text": f"Answer <{number}>", "key": f"k{number}", "seen_version": "1"}
        return lambda: windows[number].post(f"/c/{conversation.pk}/reply/", form)

    answers = run_together(*(answer(number) for number in range(PEOPLE)))
    assert Counter(one.status_code for one in answers) == {303: 1, 409: PEOPLE - 1}
    reply = Reply.objects.get()
    for number, one in enumerate(answers):
        if one.status_code == 409:
            page = unescape(one.content.decode())
            assert f"Answer <{number}>" in page
            assert reply.author.name in page


def test_of_six_who_press_claim_at_once_one_holds_it_and_the_others_see_who():
    conversation = make_conversation()
    windows = [enter(f"Person {number}") for number in range(PEOPLE)]
    presses = [lambda window=window: window.post(f"/c/{conversation.pk}/claim/") for window in windows]
    answers = run_together(*presses)
    assert Counter(one.status_code for one in answers) == {303: 1, 409: PEOPLE - 1}
    holder = Conversation.objects.get().holder
    assert holder
    for one in answers:
        assert one.status_code == 303 or f"{holder.name} holds this conversation" in one.content.decode()


def test_a_button_that_was_pressed_six_times_sends_once():
    conversation = make_conversation()
    amrit = make_member("Amrit Kaur")
    form = {"way": "public", "text": "We are coming.", "key": "once", "seen_version": "1"}

    def press():
        client = Client(raise_request_exception=False)
        client.force_login(amrit)
        return client.post(f"/c/{conversation.pk}/reply/", form)

    answers = run_together(*[press] * PEOPLE)
    assert {one.status_code for one in answers} == {303}
    assert Reply.objects.count() == 1
