"""Write on X, and look whether what was written is there (contract sections 1.5 and 1.8)."""

import html
import re
import unicodedata
from datetime import timedelta
from typing import Any

from connectors.contract import Outgoing, Receipt
from connectors.errors import NotPermitted, UnknownOutcome
from connectors.reading import read_dict, read_list
from connectors.twitter.client import Client
from connectors.twitter.config import MESSAGE_FIELDS
from connectors.twitter.parse import read_body, read_references, read_time
from connectors.twitter.uploading import upload_files

LOOK_FIELDS = ["referenced_tweets", "created_at", "entities", "note_tweet", "edit_history_tweet_ids"]
LEADING_MENTIONS = re.compile(r"^(?:@\w{1,20}\s+)+")
# Clocks differ: what was written this long before the attempt can still be ours.
SLACK = timedelta(seconds=60)


def send_public(client: Client, outgoing: Outgoing) -> Receipt:
    """Answer a post in public."""
    pictures = upload_files(client, outgoing)
    answer = client.write(
        lambda api, signed: api.create_tweet(
            text=outgoing.text or None,
            in_reply_to_tweet_id=outgoing.target,
            media_ids=pictures or None,
            user_auth=signed,
        )
    )
    post_id = str(read_dict(answer, "data").get("id") or "")
    if not post_id:
        raise UnknownOutcome("X took the reply but gave no number for it.", code="receipt")
    return Receipt(remote_id=post_id, url=address_of(client, post_id))


def send_private(client: Client, outgoing: Outgoing) -> Receipt:
    """Write a private message to a person, or into a group."""
    target = split_target(outgoing.target)
    picture = next(iter(upload_files(client, outgoing)), None)
    answer = client.write(
        lambda api, signed: api.create_direct_message(
            text=outgoing.text or None, media_id=picture, user_auth=signed, **target
        )
    )
    event_id = str(read_dict(answer, "data").get("dm_event_id") or "")
    if not event_id:
        raise UnknownOutcome("X took the message but gave no number for it.", code="receipt")
    return Receipt(remote_id=event_id)


def find_public(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look among our own posts since the answered one for the same words in answer to it."""
    answer = client.read(
        lambda api, signed: api.get_users_tweets(
            client.own_id,
            since_id=outgoing.target,
            tweet_fields=LOOK_FIELDS,
            max_results=100,
            user_auth=signed,
        )
    )
    wanted = normalise(outgoing.text)
    for post in read_list(answer, "data"):
        answers_it = read_references(post).get("replied_to") == outgoing.target
        if answers_it and normalise(read_body(post)) == wanted:
            chain = post.get("edit_history_tweet_ids") or [post.get("id")]
            return Receipt(remote_id=str(chain[0]), url=address_of(client, str(post.get("id"))))
    return None


def find_private(client: Client, outgoing: Outgoing) -> Receipt | None:
    """Look in the thread for our own message with the same words, written since the attempt."""
    target = split_target(outgoing.target)
    answer = client.read(
        lambda api, signed: api.get_direct_message_events(
            dm_event_fields=MESSAGE_FIELDS, max_results=100, user_auth=signed, **target
        )
    )
    wanted = normalise(outgoing.text)
    for event in read_list(answer, "data"):
        is_ours = str(event.get("sender_id")) == client.own_id
        if is_ours and normalise(read_body(event)) == wanted and is_since(event, outgoing):
            return Receipt(remote_id=str(event.get("id")))
    return None


def split_target(target: str) -> dict[str, str]:
    """Return tweepy's argument for a target made by connectors.twitter.terms. Raises NotPermitted."""
    kind, _, key = target.partition(":")
    name = {"with": "participant_id", "in": "dm_conversation_id"}.get(kind)
    if not name or not key:
        raise NotPermitted("The message has no private address to answer to.", code="target")
    return {name: key}


def is_since(event: dict[str, Any], outgoing: Outgoing) -> bool:
    """Say whether a message is young enough to be this reply."""
    if outgoing.attempted_at is None:
        return True
    return read_time(event, str(event.get("id"))) >= outgoing.attempted_at - SLACK


def normalise(text: str) -> str:
    """Return the words as they compare: unescaped, composed, without the names that X puts in front."""
    plain = unicodedata.normalize("NFC", html.unescape(text))
    return " ".join(LEADING_MENTIONS.sub("", plain.strip() + " ").split())


def address_of(client: Client, post_id: str) -> str:
    """Return where people can look at one of our posts."""
    return f"https://x.com/{client.access.config.get('username') or 'i'}/status/{post_id}"
