"""Read the chat by its log, whose cursor is a true one (contract section 7)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bluesky import config
from connectors.bluesky.client import Client, Element
from connectors.bluesky.parse import Convo, Own, parse_message, read_item, read_moment
from connectors.contract import Page
from connectors.errors import InvalidContent, ParentGone
from connectors.reading import Malformed, read_dict, read_id, read_list
from inbox.incoming import Incoming, Unreadable

Cursor = dict[str, Any]
SAID = "#logCreateMessage"


def fetch_chat(client: Client, own: Own, cursor: Cursor) -> Iterator[Page]:
    """Yield new chat messages; the first time, those of the last day."""
    if not cursor.get("log"):
        yield begin(client, own, cursor)
        return
    convos: dict[str, Convo] = {}
    for _ in range(config.MOST_PAGES):
        elements, answer = client.read_list("chat.bsky.convo.getLog", "logs", {"cursor": cursor["log"]})
        items = [read_event(client, own, convos, element) for element in elements if is_said(element)]
        before, cursor["log"] = cursor["log"], str(answer.get("cursor") or cursor["log"])
        yield Page(tuple(items), dict(cursor))
        if not elements or cursor["log"] == before:
            return


def begin(client: Client, own: Own, cursor: Cursor) -> Page:
    """Return the last day's messages, and where the log begins from then on.

    The place in the log is taken before the messages are read, so what comes meanwhile is read twice.
    """
    reach = datetime.now(UTC) - timedelta(seconds=config.FIRST_REACH_SECONDS)
    convos = list_convos(client)
    # As long as there is no conversation there is no place in the log either; this is asked again then.
    cursor["log"] = max([str(one.get("rev") or "") for one in convos], default="")
    items: list[Incoming | Unreadable] = []
    for one in convos:
        if is_since(read_dict(one, "lastMessage"), reach):
            items += read_convo(client, own, make_convo(one), reach)
    items.sort(key=lambda item: item.written_at if isinstance(item, Incoming) else reach)
    return Page(tuple(items), dict(cursor))


def list_convos(client: Client) -> list[dict[str, Any]]:
    """Return every conversation, requests of strangers among them."""
    found: list[dict[str, Any]] = []
    ask: dict[str, Any] = {"limit": config.PAGE_ITEMS}
    for _ in range(config.MOST_PAGES):
        answer = client.read("chat.bsky.convo.listConvos", ask)
        found += read_list(answer, "convos")
        if not answer.get("cursor"):
            break
        ask["cursor"] = str(answer["cursor"])
    return found


def read_convo(client: Client, own: Own, convo: Convo, reach: datetime) -> list[Incoming | Unreadable]:
    """Return a conversation's messages since `reach`."""
    items: list[Incoming | Unreadable] = []
    ask: dict[str, Any] = {"convoId": convo.id, "limit": config.PAGE_ITEMS}
    for _ in range(config.MOST_PAGES):
        elements, answer = client.read_list("chat.bsky.convo.getMessages", "messages", ask)
        young = [element for element in elements if is_since(element[0], reach)]
        items += [read_message(element, convo, own) for element in young if is_words(element[0])]
        if len(young) < len(elements) or not answer.get("cursor"):
            break
        ask["cursor"] = str(answer["cursor"])
    return items


def read_message(element: Element, convo: Convo, own: Own) -> Incoming | Unreadable:
    """Return one message."""
    item, raw = element
    return read_item(item, raw, lambda: parse_message(item, convo, own, raw))


def read_event(client: Client, own: Own, convos: dict[str, Convo], element: Element) -> Incoming | Unreadable:
    """Return the message of an event of the log."""
    event, raw = element
    name = event.get("convoId") if isinstance(event, dict) else None
    if isinstance(name, str) and name not in convos:
        convos[name] = find_convo(client, event, name)

    def read() -> Incoming:
        return parse_message(read_dict(event, "message"), convos[read_id(event, "convoId")], own, raw)

    return read_item(event, raw, read)


def find_convo(client: Client, event: dict[str, Any], name: str) -> Convo:
    """Return who takes part: as the event tells it, else as the conversation does."""
    told = read_list(event, "relatedProfiles")
    if told:
        return make_convo({"id": name, "members": told})
    try:
        answer = client.read("chat.bsky.convo.getConvo", {"convoId": name})
    except (InvalidContent, ParentGone):
        # One conversation that is gone must not hold up what others say.
        return Convo(name)
    return make_convo(read_dict(answer, "convo"))


def make_convo(view: dict[str, Any]) -> Convo:
    """Return a conversation from how it is shown."""
    members = {str(one.get("did") or ""): one for one in read_list(view, "members")}
    return Convo(str(view.get("id") or ""), members)


def is_said(element: Element) -> bool:
    """Keep messages; people joining, reading and reacting are no messages."""
    kind = element[0].get("$type") if isinstance(element[0], dict) else None
    return not isinstance(kind, str) or kind.endswith(SAID)


def is_words(item: Any) -> bool:
    """Keep what people say; the service's own notes about a group are no messages."""
    return not isinstance(item, dict) or "sender" in item or "data" not in item


def is_since(item: Any, reach: datetime) -> bool:
    """Say whether a message is younger than `reach`; one that cannot be read counts as young."""
    try:
        return bool(item) and read_moment(item, "sentAt") >= reach
    except (Malformed, AttributeError):
        return True
