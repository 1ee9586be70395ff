"""What the inbox knows already, where a mail's headers alone cannot say where it belongs."""

from connectors.email.threads import read_tag
from inbox.models import Message, Reply


def find_by_tag(account_id: int, subject: str, sender_key: str) -> str:
    """Return a message of the conversation that the subject names, if the sender has written in it before.

    The number alone proves nothing: anybody could write it (contract section 6.4).
    """
    number = read_tag(subject)
    if number is None:
        return ""
    known = Message.objects.filter(account_id=account_id, conversation_id=number, handle__key=sender_key)
    return known.values_list("remote_id", flat=True).order_by("-id").first() or ""


def find_number(reply_id: int) -> int | None:
    """Return the number of the conversation that a reply belongs to, or None when there is no such reply."""
    return Reply.objects.filter(pk=reply_id).values_list("conversation_id", flat=True).first()
