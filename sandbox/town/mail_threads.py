"""Threads in mail, as the writer's own mail program shows them."""

from sandbox.mail import letters
from sandbox.mail.letters import Kept
from sandbox.town.threads import LAST, SHOWN, Said, Thread
from sandbox.world import World


def by_mail(world: World) -> list[Thread]:
    return [_letters(thread) for thread in letters.recent_threads(world.store, SHOWN)]


def _letters(thread: list[Kept]) -> Thread:
    first = thread[0]
    theirs = next((each for each in thread if not each.by_desk), None)
    who = f"{theirs.sender_name} <{theirs.sender}>" if theirs else first.recipients[0]
    return Thread(
        key=f"mail-{first.message_id.strip('<>')}",
        title=theirs.sender_name if theirs else first.recipients[0],
        handle=theirs.sender if theirs else "",
        private=True,
        said=tuple(_letter(each) for each in thread[-LAST:]),
        reply_to=thread[-1].message_id,
        as_who=who,
        subject=first.subject,
    )


def _letter(kept: Kept) -> Said:
    return Said(
        id=kept.message_id,
        by=kept.sender_name,
        handle=kept.sender,
        ours=kept.by_desk,
        at=kept.at,
        text=kept.text,
    )
