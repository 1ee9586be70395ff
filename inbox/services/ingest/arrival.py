"""One item of a page, made storable before anything looks at it."""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from inbox.enums import Direction, Visibility
from inbox.incoming import Author, Incoming, ReplyTerms, Unreadable
from inbox.text import fit, fit_key, make_storable

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(minutes=10)
UNREADABLE = "unreadable"
# A link is pressed by people: no other scheme becomes one, whoever says that it is the message's address.
LINKS = ("https://", "http://")
NOBODY = Author(key=UNREADABLE, name="Sender not known")


@dataclass(slots=True)
class Arrival:
    """An item with storable texts; `problem` says why an unreadable one could not be read."""

    item: Incoming
    sha256: bytes
    altered: bool = False
    problem: str = ""

    @property
    def inbound(self) -> bool:
        """Say whether the public wrote it."""
        return self.item.direction == Direction.IN


def receive(item: Incoming | Unreadable) -> Arrival:
    """Return the item as it can be stored; keys that are too long keep their head and get a hash."""
    sha256 = hashlib.sha256(item.raw).digest()
    if isinstance(item, Unreadable):
        return Arrival(_stand_in(item), sha256, problem=fit(item.problem, 500) or "No reason was given.")
    text, quoted = make_storable(item.text), make_storable(item.quoted)
    subject, html = make_storable(item.subject), make_storable(item.html)
    altered = (text, quoted, subject) != (item.text, item.quoted, item.subject)
    clean = replace(
        item,
        remote_id=fit_key(item.remote_id, 500),
        thread_key=fit_key(item.thread_key, 500),
        author=_identify(item.author),
        text=text,
        quoted=quoted,
        html=html,
        form=tuple((fit(label, 120), fit(value, 10_000)) for label, value in item.form[:200]),
        subject=subject[:500],
        url=fit(item.url, 1000) if item.url.startswith(LINKS) else "",
        media_type=fit(item.media_type, 60),
        in_reply_to=fit_key(item.in_reply_to, 500),
        undelivered=fit_key(item.undelivered, 500),
        joins=tuple(fit_key(one, 500) for one in item.joins),
        known_as=fit_key(item.known_as, 500),
        named=None if item.named is None else tuple(fit_key(one, 320) for one in item.named),
        written_at=item.written_at if item.written_at.tzinfo else item.written_at.replace(tzinfo=UTC),
    )
    return Arrival(clean, sha256, altered)


def describe_terms(item: Incoming, now: datetime) -> dict[str, Any]:
    """Return the message's terms as JSON, with what people should know of its source under `remarks`."""
    terms = write_terms(item.terms)
    remarks = [make_storable(remark) for remark in (*item.remarks, *_doubt(item.written_at, now))]
    if remarks:
        terms["remarks"] = remarks
    if item.named:
        terms["named"] = list(item.named)
    if item.acts:
        terms["acts"] = [{**asdict(one), "target": make_storable(one.target)} for one in item.acts]
        terms["acts_at"] = now.isoformat()
    if item.edited:
        terms["edited"] = item.written_at.isoformat()
    return terms


def write_terms(terms: ReplyTerms) -> dict[str, Any]:
    """Return reply terms as plain JSON; times in ISO 8601."""
    files = {
        "public_files_refusal": make_storable(terms.public_files_refusal),
        "private_files_refusal": make_storable(terms.private_files_refusal),
    }
    return {
        **{name: refusal for name, refusal in files.items() if refusal},
        "public_refusal": make_storable(terms.public_refusal),
        "private_refusal": make_storable(terms.private_refusal),
        "public_target": make_storable(terms.public_target),
        "private_target": make_storable(terms.private_target),
        **({"private_once": True} if terms.private_once else {}),
        **({"private_free_until": terms.private_free_until.isoformat()} if terms.private_free_until else {}),
        "private_until": terms.private_until.isoformat() if terms.private_until else None,
        "recipients": [make_storable(one) for one in terms.recipients],
    }


def _identify(author: Author) -> Author:
    key = fit_key(author.key, 320) or UNREADABLE
    return Author(key=key, name=fit(author.name, 200), address=fit(author.address, 320))


def _stand_in(item: Unreadable) -> Incoming:
    """Return the message that shows people an item which nobody could read."""
    remote_id = fit_key(item.remote_id, 480)
    return Incoming(
        remote_id=remote_id,
        thread_key=f"{UNREADABLE}:{remote_id}",
        author=NOBODY,
        text="",
        written_at=item.received_at or datetime.now(UTC),
        raw=item.raw,
        visibility=Visibility.PRIVATE,
        media_type=fit(item.media_type, 60),
        subject="A message that could not be read",
    )


def _doubt(written_at: datetime, now: datetime) -> tuple[str, ...]:
    said = f"{written_at.day} {written_at:%B} {written_at.year}"
    if written_at > now + TOLERANCE:
        return (f"The sender's date, {said}, is in the future.",)
    if written_at < OLDEST:
        return (f"The sender's date, {said}, cannot be right.",)
    return ()
