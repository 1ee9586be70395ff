"""IMAP commands that read messages (RFC 3501 section 6.4; IDLE RFC 2177)."""

import asyncio

from sandbox.mail import boxes, fetch
from sandbox.mail.boxes import Mail
from sandbox.mail.candidate import Candidate
from sandbox.mail.search import query
from sandbox.mail.selected import Selected
from sandbox.mail.session import Refused, Session
from sandbox.mail.wire import BadCommand, Command

IDLE_LOOK = 0.25


def here(session: Session) -> Selected:
    assert session.selected is not None  # noqa: S101  dispatch lets these commands run in a selected folder only
    return session.selected


async def search(session: Session, command: Command, *, uid: bool = False) -> str:
    selected = here(session)
    words = command.words
    if words and isinstance(words[0], bytes) and words[0].upper() == b"CHARSET":
        if command.text(1).upper() not in ("UTF-8", "US-ASCII"):
            raise Refused("[BADCHARSET (US-ASCII UTF-8)] Unsupported charset")
        words = words[2:]
    for line in selected.news():
        await session.say(line)
    wanted = query(words, highest_uid=selected.highest_uid, count=len(selected.uids))
    store, folder = session.store, selected.folder.id
    found = []
    for mail in boxes.mails(store, folder, low=wanted.low, high=wanted.high, message_id=wanted.message_id):
        number = selected.number_of(mail.uid)
        if wanted.test(Candidate(store, folder, number, mail)):
            found.append(mail.uid if uid else number)
    await session.say(" ".join(["* SEARCH", *map(str, found)]))
    return "SEARCH completed"


async def fetching(session: Session, command: Command, *, uid: bool = False) -> str:
    selected = here(session)
    if len(command.words) < 2:
        raise BadCommand("Say which messages and which items")
    asked = command.words[1] if len(command.words) == 2 else list(command.words[1:])
    wanted = fetch.items(asked, by_uid=uid)
    picked = selected.pick(command.text(0), by_uid=uid)
    if session.take_pending("expunge") is not None:
        boxes.remove(session.store, selected.folder.id, picked)
    served = []
    for number in picked:
        mail = boxes.find_mail(session.store, selected.folder.id, number)
        if mail is None:
            continue
        await _serve(session, mail, wanted)
        if session.ended:
            return ""
        served.append(mail.message_id)
    if served and any(item.section is not None for item in wanted):
        _note(session, served)
    return "FETCH completed"


async def _serve(session: Session, mail: Mail, wanted: list[fetch.Item]) -> None:
    selected = here(session)
    if any(item.marks_seen for item in wanted) and not selected.read_only and "\\Seen" not in mail.flags:
        boxes.set_flags(session.store, selected.folder.id, mail.uid, mail.flags | {"\\Seen"})
        mail = boxes.find_mail(session.store, selected.folder.id, mail.uid) or mail
    raw = b""
    if any(item.needs_raw for item in wanted):
        raw = boxes.raw_of(session.store, selected.folder.id, mail.uid)
    line = fetch.answer(selected.number_of(mail.uid), mail, raw, wanted)
    fault = session.take_pending("bye", "cut", "garbage")
    if fault is None:
        await session.send(line)
    elif fault.fault == "garbage":
        await session.send(
            b"* %d FETCH (UID NIL \xff\xfe BODY[] {9999}\r\n)\r\n" % selected.number_of(mail.uid)
        )
        session.cut()
    else:
        await session.send(line[: len(line) // 2])
        if fault.fault == "bye":
            await session.send(b"\r\n* BYE Server is shutting down\r\n")
        session.cut()


def _note(session: Session, message_ids: list[str]) -> None:
    folder = here(session).folder
    session.store.journal.add(
        "served",
        "mail",
        {"operation": "imap.fetch", "account": folder.address, "folder": folder.name, "ids": message_ids},
    )


async def idle(session: Session, command: Command) -> str:
    """Tell what comes and goes until the client says DONE."""
    await session.say("+ idling")
    line = asyncio.ensure_future(session.reader.readline())
    try:
        while not line.done() and not session.ended:
            await asyncio.wait({line}, timeout=IDLE_LOOK)
            if here(session).arrived():
                await session.tell_news("IDLE")
    finally:
        line.cancel()
    if line.done() and not line.cancelled() and line.result().strip().upper() not in (b"DONE", b""):
        raise BadCommand("Say DONE")
    return "IDLE terminated"
