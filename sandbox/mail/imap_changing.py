"""IMAP commands that change messages (RFC 3501 section 6.4; UIDPLUS RFC 4315, MOVE RFC 6851)."""

import secrets

from sandbox.mail import boxes, fetch
from sandbox.mail.imap_folders import open_folder
from sandbox.mail.imap_reading import here
from sandbox.mail.parsing import parse
from sandbox.mail.selected import Selected
from sandbox.mail.session import Refused, Session
from sandbox.mail.wire import BadCommand, Command, Quoted


def writable(session: Session) -> Selected:
    selected = here(session)
    if selected.read_only:
        raise Refused("[CANNOT] The folder is open read-only")
    return selected


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
