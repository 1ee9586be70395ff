"""IMAP commands about folders (RFC 3501 section 6.3)."""

import re

from sandbox.mail import boxes
from sandbox.mail.boxes import Folder
from sandbox.mail.fetch import flag_list
from sandbox.mail.folder_names import decode_folder, encode_folder
from sandbox.mail.imap_login import Handler
from sandbox.mail.selected import Selected
from sandbox.mail.session import Refused, Session
from sandbox.mail.wire import BadCommand, Command

SYSTEM_FLAGS = ("\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen")


def open_folder(session: Session, name: str) -> Folder:
    """Refused: there is no such folder in this mailbox."""
    folder = boxes.find_folder(session.store, session.address, decode_folder(name))
    if folder is None:
        raise Refused("[NONEXISTENT] No such folder")
    return folder


async def select(session: Session, command: Command) -> str:
    session.selected = None
    folder = open_folder(session, command.text(0))
    if session.take_pending("uidvalidity") is not None:
        boxes.renumber(session.store, folder)
        folder = open_folder(session, command.text(0))
    read_only = command.name == "EXAMINE"
    selected = Selected(session.store, folder, read_only=read_only)
    await session.say(b"* FLAGS " + flag_list(SYSTEM_FLAGS))
    await session.say(f"* {len(selected.uids)} EXISTS")
    await session.say("* 0 RECENT")
    for line in (
        f"[UIDVALIDITY {folder.uidvalidity}] UIDs valid",
        f"[UIDNEXT {folder.uidnext}] Predicted next UID",
        "[PERMANENTFLAGS ()] Read only"
        if read_only
        else f"[PERMANENTFLAGS ({' '.join(SYSTEM_FLAGS)} \\*)] Limited",
    ):
        await session.say(f"* OK {line}")
    session.selected = selected
    return f"[{'READ-ONLY' if read_only else 'READ-WRITE'}] {command.name} completed"


async def status(session: Session, command: Command) -> str:
    folder = open_folder(session, command.text(0))
    wanted = command.words[1] if len(command.words) > 1 else None
    if not isinstance(wanted, list):
        raise BadCommand("Say which items")
    mails = boxes.mails(session.store, folder.id)
    known = {
        "MESSAGES": len(mails),
        "RECENT": 0,
        "UIDNEXT": folder.uidnext,
        "UIDVALIDITY": folder.uidvalidity,
        "UNSEEN": sum("\\Seen" not in mail.flags for mail in mails),
        "SIZE": sum(mail.size for mail in mails),
    }
    names = [word.decode("ascii", "replace").upper() for word in wanted if isinstance(word, bytes)]
    if any(name not in known for name in names):
        raise BadCommand("Unknown status item")
    items = " ".join(f"{name} {known[name]}" for name in names)
    await session.say(b"* STATUS %s (%s)" % (encode_folder(folder.name), items.encode()))
    return "STATUS completed"


async def listing(session: Session, command: Command) -> str:
    reference, pattern = command.text(0), command.text(1)
    if not pattern:
        await session.say(f'* {command.name} (\\Noselect) "/" ""')
        return f"{command.name} completed"
    wanted = _pattern(decode_folder(reference + pattern))
    for folder in boxes.folders(session.store, session.address):
        if wanted.fullmatch(folder.name):
            attributes = " ".join(["\\HasNoChildren", *([folder.special] if folder.special else [])])
            await session.say(f'* {command.name} ({attributes}) "/" '.encode() + encode_folder(folder.name))
    return f"{command.name} completed"


def _pattern(text: str) -> re.Pattern[str]:
    """`*` is anything, `%` anything without the separator; INBOX in any case."""
    text = "INBOX" if text.upper() == "INBOX" else text
    signs = {"*": ".*", "%": "[^/]*"}
    return re.compile("".join(signs.get(sign, re.escape(sign)) for sign in re.sub(r"\*+", "*", text)))


async def create(session: Session, command: Command) -> str:
    name = decode_folder(command.text(0)).rstrip("/")
    if not name or boxes.find_folder(session.store, session.address, name) is not None:
        raise Refused("[ALREADYEXISTS] There is such a folder")
    boxes.create_folder(session.store, session.address, name)
    return "CREATE completed"


async def delete(session: Session, command: Command) -> str:
    folder = open_folder(session, command.text(0))
    if folder.name == "INBOX":
        raise Refused("[CANNOT] INBOX stays")
    boxes.delete_folder(session.store, folder)
    return "DELETE completed"


async def subscribe(session: Session, command: Command) -> str:
    open_folder(session, command.text(0))
    return f"{command.name} completed"


async def namespace(session: Session, _: Command) -> str:
    await session.say('* NAMESPACE (("" "/")) NIL NIL')
    return "NAMESPACE completed"


COMMANDS: dict[str, Handler] = {
    "SELECT": select,
    "EXAMINE": select,
    "STATUS": status,
    "LIST": listing,
    "LSUB": listing,
    "CREATE": create,
    "DELETE": delete,
    "SUBSCRIBE": subscribe,
    "UNSUBSCRIBE": subscribe,
    "NAMESPACE": namespace,
}
