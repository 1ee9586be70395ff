"""IMAP commands about messages (RFC 3501 section 6.4; IDLE RFC 2177, UIDPLUS RFC 4315, MOVE RFC 6851)."""

import asyncio
import secrets

from sandbox.mail import boxes, fetch
from sandbox.mail.boxes import Mail
from sandbox.mail.imap_folders import open_folder
from sandbox.mail.imap_login import Handler
from sandbox.mail.letters import parse
from sandbox.mail.search import Candidate, query
from sandbox.mail.selected import Selected
from sandbox.mail.session import Refused, Session
from sandbox.mail.wire import BadCommand, Command, Quoted

IDLE_LOOK = 0.25


def here(session: Session) -> Selected:
    assert session.selected is not None  # noqa: S101  dispatch lets these commands run in a selected folder only
    return session.selected


def writable(session: Session) -> Selected:
    selected = here(session)
    if selected.read_only:
        raise Refused("[CANNOT] The folder is open read-only")
    return selected


async def by_uid(session: Session, command: Command) -> str:
    inner = Command(command.tag, command.text(0).upper(), command.words[1:])
    if inner.name not in UID_COMMANDS:
        raise BadCommand("No such UID command")
    return await UID_COMMANDS[inner.name](session, inner, uid=True)


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


async def store_flags(session: Session, command: Command, *, uid: bool = False) -> str:
    selected = writable(session)
    action = command.text(1).upper()
    how, _, silent = action.partition(".")
    if how not in ("FLAGS", "+FLAGS", "-FLAGS") or len(command.words) < 3:
        raise BadCommand("Say FLAGS, +FLAGS or -FLAGS and the flags")
    given = command.words[2] if isinstance(command.words[2], list) else command.words[2:]
    flags = frozenset(_flag(word) for word in given if isinstance(word, bytes))
    for number in selected.pick(command.text(0), by_uid=uid):
        mail = boxes.find_mail(session.store, selected.folder.id, number)
        if mail is None:
            continue
        now = {"FLAGS": flags, "+FLAGS": mail.flags | flags, "-FLAGS": mail.flags - flags}[how]
        boxes.set_flags(session.store, selected.folder.id, number, now)
        if silent != "SILENT":
            tail = b" UID %d" % number if uid else b""
            await session.say(
                b"* %d FETCH (FLAGS %s%s)" % (selected.number_of(number), fetch.flag_list(now), tail)
            )
    return "STORE completed"


def _flag(word: bytes) -> str:
    text = word.decode("ascii", "replace")
    return text.title() if text.startswith("\\") else text


async def copy(session: Session, command: Command, *, uid: bool = False) -> str:
    return await _carry(session, command, uid=uid, away=False)


async def move(session: Session, command: Command, *, uid: bool = False) -> str:
    writable(session)
    return await _carry(session, command, uid=uid, away=True)


async def _carry(session: Session, command: Command, *, uid: bool, away: bool) -> str:
    selected = here(session)
    target = boxes.find_folder(session.store, session.address, open_folder_name(session, command.text(1)))
    if target is None:
        raise Refused("[TRYCREATE] No such folder")
    old, new = [], []
    with session.store.transaction():
        for number in selected.pick(command.text(0), by_uid=uid):
            mail = boxes.find_mail(session.store, selected.folder.id, number)
            if mail is None:
                continue
            raw = boxes.raw_of(session.store, selected.folder.id, number)
            new.append(
                boxes.put(
                    session.store, target, raw=raw, message_id=mail.message_id, at=mail.at, flags=mail.flags
                )
            )
            old.append(number)
        if away:
            boxes.remove(session.store, selected.folder.id, old)
    if not old:
        return f"{command.name} completed"
    code = f"[COPYUID {target.uidvalidity} {_listed(old)} {_listed(new)}]"
    if not away:
        return f"{code} COPY completed"
    await session.say(f"* OK {code} Moved")
    return "MOVE completed"


def open_folder_name(session: Session, name: str) -> str:
    try:
        return open_folder(session, name).name
    except Refused as error:
        raise Refused("[TRYCREATE] No such folder") from error


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


async def expunge(session: Session, command: Command, *, uid: bool = False) -> str:
    selected = writable(session)
    among = selected.pick(command.text(0), by_uid=True) if uid else selected.uids
    mails = boxes.mails(session.store, selected.folder.id)
    gone = [mail.uid for mail in mails if "\\Deleted" in mail.flags and mail.uid in set(among)]
    boxes.remove(session.store, selected.folder.id, gone)
    return "EXPUNGE completed"


async def close(session: Session, command: Command) -> str:
    if command.name == "CLOSE" and not here(session).read_only:
        await expunge(session, command)
    session.selected = None
    return f"{command.name} completed"


async def append(session: Session, command: Command) -> str:
    """File a mail that the client wrote itself, as mail programs do with what they have sent."""
    folder = boxes.find_folder(session.store, session.address, open_folder_name(session, command.text(0)))
    assert folder is not None  # noqa: S101  open_folder_name refuses an unknown one
    *between, raw = command.words[1:] or [b""]
    if not isinstance(raw, Quoted):
        raise BadCommand("Send the message as a literal")
    flags, at = [], session.clock.now()
    for word in between:
        if isinstance(word, list):
            flags = [_flag(flag) for flag in word if isinstance(flag, bytes)]
        else:
            at = fetch.read_internal_date(word.decode("ascii", "replace"))
    message_id = " ".join(str(parse(bytes(raw)).get("Message-ID", "")).split())
    with session.store.transaction():
        uid = boxes.put(
            session.store,
            folder,
            raw=bytes(raw),
            message_id=message_id or f"<{secrets.token_hex(12)}@appended.invalid>",
            at=at,
            flags=flags,
        )
    return f"[APPENDUID {folder.uidvalidity} {uid}] APPEND completed"


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


UID_COMMANDS = {
    "SEARCH": search,
    "FETCH": fetching,
    "STORE": store_flags,
    "COPY": copy,
    "MOVE": move,
    "EXPUNGE": expunge,
}
ANY_FOLDER: dict[str, Handler] = {"APPEND": append}
COMMANDS: dict[str, Handler] = {
    **UID_COMMANDS,
    "UID": by_uid,
    "CLOSE": close,
    "UNSELECT": close,
    "IDLE": idle,
}
