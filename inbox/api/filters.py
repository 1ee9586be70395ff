"""What a script asks of the list, read from the address."""

from django.http import QueryDict

from inbox.api.words import read_level
from inbox.enums import ConversationState
from inbox.errors import BadInput
from inbox.queries.queue import TABS, QueueFilter

# Each state has the list whose order suits it; the rest are shown newest first.
TAB_OF_STATE = {ConversationState.OPEN: "queue", ConversationState.WAITING: "waiting"}


def read_filter(query: QueryDict) -> QueueFilter:
    """Return the filter; BadInput names the part that is not known."""
    state, tab, urgency = query.get("state", ""), query.get("tab", ""), query.get("urgency", "")
    if state and state not in ConversationState.values:
        raise BadInput("state is open, waiting, escalated or resolved.", field="state")
    if tab and tab not in TABS:
        raise BadInput(f"tab is one of {', '.join(TABS)}.", field="tab")
    return QueueFilter(
        tab=tab or choose_tab(state),
        channel=query.get("channel", ""),
        account=read_number(query.get("account", "")),
        urgency=int(read_level(urgency)) if urgency else None,
        tag=query.get("tag", ""),
        q=query.get("q", ""),
        state=state,
    )


def choose_tab(state: str) -> str:
    """Return the list in which conversations of this state stand."""
    return TAB_OF_STATE.get(ConversationState(state), "all") if state else "all"


def read_number(word: str) -> int | None:
    """Return an account's number; BadInput for anything else."""
    if not word:
        return None
    if not word.isascii() or not word.isdigit() or len(word) > 18:
        raise BadInput("account is a number.", field="account")
    return int(word)
