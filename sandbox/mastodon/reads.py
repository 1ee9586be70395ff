"""Reading on Mastodon: notifications, statuses, who we are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.mastodon.door import Refused, caller
from sandbox.mastodon.issuer import SERVER
from sandbox.mastodon.people import MastodonTown
from sandbox.mastodon.schema import Status
from sandbox.mastodon.shapes import NOTICES, Shapes
from sandbox.serving.call import Answer, Call

_ENDLESS = 2**62
MOST_CHARACTERS = 500
SHORT_ADDRESS = 23


@dataclass(frozen=True)
class Span:
    """Between which ids a list is asked for; `upward` (min_id) takes the lowest first."""

    above: int
    below: int
    limit: int
    upward: bool


class Reads:
    """Handlers of the GET endpoints."""

    def __init__(self, town: MastodonTown) -> None:
        self._town = town
        self._shapes = Shapes(town)

    def instance(self, call: Call) -> Answer:
        statuses = {
            "max_characters": MOST_CHARACTERS,
            "max_media_attachments": 4,
            "characters_reserved_per_url": SHORT_ADDRESS,
        }
        body = {
            "domain": SERVER,
            "title": "Northshire",
            "version": "4.5.2",
            "thumbnail": {"url": f"{self._town.media.base}/media/people/northshire"},
            "configuration": {
                "statuses": statuses,
                "media_attachments": {"description_limit": 1500, "image_size_limit": 16_777_216},
            },
            "api_versions": {"mastodon": 7},
        }
        return Answer(body=body)

    def verify(self, call: Call) -> Answer:
        account = self._shapes.account(caller(call).handle)
        return Answer(body={**account, "source": {"privacy": "public", "language": "en"}})

    def notifications(self, call: Call) -> Answer:
        """Mentions, newest first; min_id pages upward without gaps, since_id gives the newest only."""
        kinds = {value for name, value in call.pairs if name == "types[]"}
        span = _span(call, 80, 40)
        span = Span(span.above - NOTICES, span.below - NOTICES, span.limit, span.upward)
        found: list[Status] = []
        if not kinds or "mention" in kinds:
            found = self._town.statuses.mentioning(
                caller(call).handle, span.above, span.below, span.limit, upward=span.upward
            )
        shown = [self._shapes.notification(status) for status in found]
        return Answer(body=shown, headers=_links(call, shown), note={"ids": [one["id"] for one in shown]})

    def written(self, call: Call) -> Answer:
        """An account's own statuses; those that the caller may not see are left out."""
        identity, me = call.path["id"], caller(call).handle
        author = next((one.handle for one in self._town.accounts.all("mastodon") if one.id == identity), "")
        if not author:
            raise Refused(404)
        span = _span(call, 40, 20)
        found = self._town.statuses.by(author, span.above, span.below, span.limit, upward=span.upward)
        seen = [self._shapes.status(status) for status in found if self._town.may_see(me, status)]
        return Answer(body=seen, headers=_links(call, seen), note={"ids": [one["id"] for one in seen]})

    def status(self, call: Call) -> Answer:
        return Answer(body=self._shapes.status(self._visible(call)))

    def context(self, call: Call) -> Answer:
        """What a status answers, the root first, and what answers it."""
        status, me = self._visible(call), caller(call).handle
        above: list[Status] = []
        parent_id = status.parent_id
        while parent_id is not None:
            parent = self._town.statuses.get(str(parent_id))
            if parent is None or parent.gone or not self._town.may_see(me, parent):
                break
            above.insert(0, parent)
            parent_id = parent.parent_id
        below = [one for one in self._below(status) if self._town.may_see(me, one)]
        return Answer(
            body={
                "ancestors": [self._shapes.status(one) for one in above],
                "descendants": [self._shapes.status(one) for one in below],
            }
        )

    def _below(self, status: Status) -> list[Status]:
        answers = self._town.statuses.answers_to(status.id)
        return [found for answer in answers for found in (answer, *self._below(answer))]

    def _visible(self, call: Call) -> Status:
        found = self._town.statuses.get(call.path["id"])
        if found is None or found.gone or not self._town.may_see(caller(call).handle, found):
            raise Refused(404)
        return found


def _span(call: Call, most: int, usual: int) -> Span:
    given = {name: _number(call.query.get(name)) for name in ("min_id", "since_id", "max_id", "limit")}
    upward = given["min_id"] is not None
    above = given["min_id"] if upward else given["since_id"]
    limit = min(most, given["limit"] or usual)
    return Span(above or 0, given["max_id"] or _ENDLESS, limit, upward)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 20 else None


def _links(call: Call, shown: list[dict[str, object]]) -> dict[str, str]:
    """The Link header by which lists are paged."""
    if not shown:
        return {}
    kept = [(name, value) for name, value in call.pairs if name not in ("min_id", "max_id", "since_id")]
    address = f"https://{SERVER}/{call.url.partition('://')[2].partition('/')[2]}"
    ends = {"next": ("max_id", shown[-1]["id"]), "prev": ("min_id", shown[0]["id"])}
    parts = [f'<{address}?{urlencode([*kept, end])}>; rel="{rel}"' for rel, end in ends.items()]
    return {"link": ", ".join(parts)}
