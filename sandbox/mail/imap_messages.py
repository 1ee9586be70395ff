"""Which IMAP command about messages is answered by whom, with sequence numbers and with UIDs."""

from sandbox.mail.imap_changing import append, close, copy, expunge, move, store_flags
from sandbox.mail.imap_login import Handler
from sandbox.mail.imap_reading import fetching, idle, search
from sandbox.mail.session import Session
from sandbox.mail.wire import BadCommand, Command


async def by_uid(session: Session, command: Command) -> str:
    inner = Command(command.tag, command.text(0).upper(), command.words[1:])
    if inner.name not in UID_COMMANDS:
        raise BadCommand("No such UID command")
    return await UID_COMMANDS[inner.name](session, inner, uid=True)


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
