"""Writing on Bluesky: sessions, records under keys of the caller's choice, blobs."""

from dataclasses import replace
from typing import Any

import regex

from sandbox.bluesky.door import Refused, caller
from sandbox.bluesky.issuer import BLUESKY
from sandbox.bluesky.names import POSTS, TID, cid_of, tid_at
from sandbox.bluesky.people import BlueskyTown
from sandbox.bluesky.sessions import Session
from sandbox.serving.call import Answer, Call

MOST_GRAPHEMES, MOST_BYTES = 300, 3_000
MOST_BLOB = 1_000_000
PDS = "https://pds.northshire.example"


class Writes:
    """Handlers of the procedures that are no chat."""

    def __init__(self, town: BlueskyTown) -> None:
        self._town = town

    def open_session(self, call: Call) -> Answer:
        """A session for a handle or did with an app password."""
        named = str(call.form.get("identifier", "")).lstrip("@")
        accounts = self._town.accounts
        account = accounts.by_handle(BLUESKY, named) or accounts.get(BLUESKY, named)
        right = account is not None and call.form.get("password") == account.credentials["app_password"]
        if account is None or not right or accounts.broken_token(account):
            raise Refused("AuthenticationRequired", "Invalid identifier or password", 401)
        return self._told(self._town.sessions.open(account.id, self._town.clock.now()))

    def refresh(self, call: Call) -> Answer:
        """A new pair for a refresh token, which is used up by that."""
        self._town.sessions.use_up(call.headers["authorization"].partition(" ")[2])
        return self._told(self._town.sessions.open(caller(call).id, self._town.clock.now()))

    def create(self, call: Call) -> Answer:
        """A record. A key that is taken is answered as the reference server answers it: by a fault of 500."""
        account = caller(call)
        if call.form.get("repo") not in (account.id, account.handle) or call.form.get("collection") != POSTS:
            raise Refused("InvalidRequest", "Record cannot be written there")
        rkey = str(call.form.get("rkey") or tid_at(self._town.clock.now(), self._town.posts.next_number()))
        record = call.form.get("record")
        if not TID.fullmatch(rkey) or not isinstance(record, dict):
            raise Refused("InvalidRequest", "Invalid record key or record")
        _check(record)
        uri = f"at://{account.id}/{POSTS}/{rkey}"
        if self._town.posts.get(uri) is not None:
            raise Refused("InternalServerError", "Internal Server Error", 500)
        post = self._town.publish(uri, record)
        note = {"what": "post", "id": uri, "in_reply_to": post.parent_uri, "text": record["text"]}
        return Answer(body={"uri": uri, "cid": cid_of(record), "validationStatus": "valid"}, note=note)

    def delete(self, call: Call) -> Answer:
        """Make sure that a record is not there."""
        uri = f"at://{caller(call).id}/{POSTS}/{call.form.get('rkey')}"
        self._town.posts.delete(uri)
        return Answer(body={}, note={"what": "delete", "id": uri})

    def upload(self, call: Call) -> Answer:
        """A blob: the bytes alone, at most a million for a picture."""
        file = call.files.get("body")
        if file is None or not file.content:
            raise Refused("InvalidRequest", "Request has no body")
        if len(file.content) > MOST_BLOB:
            raise Refused("BlobTooLarge", f"This file is too large: {len(file.content)}")
        blob = self._town.keep_blob(replace(file, name="upload"))
        return Answer(body={"blob": blob}, note={"what": "blob", "size": len(file.content)})

    def _told(self, session: Session) -> Answer:
        account = self._town.accounts.pick(BLUESKY, session.did)
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS}
        body = {
            "did": session.did,
            "handle": account.handle,
            "accessJwt": session.access,
            "refreshJwt": session.refresh,
            "active": True,
            "didDoc": {"id": session.did, "service": [service]},
        }
        return Answer(body=body, note={"what": "session", "id": session.did})


def _check(record: dict[str, Any]) -> None:
    text = record.get("text")
    if record.get("$type") != POSTS or not isinstance(text, str) or "createdAt" not in record:
        raise Refused("InvalidRequest", "Invalid app.bsky.feed.post record")
    measure(text, MOST_GRAPHEMES, MOST_BYTES, "Record/text")
    size = len(text.encode("utf-8", "surrogatepass"))
    for facet in record.get("facets") or []:
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        if not 0 <= start < end <= size:
            raise Refused("InvalidRequest", "Record/facets/index is out of the text")
    for image in (record.get("embed") or {}).get("images") or []:
        if image["image"].get("$type") != "blob" or "alt" not in image:
            raise Refused("InvalidRequest", "Record/embed/images must hold a blob and its alt text")


def measure(text: str, graphemes: int, octets: int, what: str) -> None:
    """Refuse what is too long, by either measure."""
    if len(regex.findall(r"\X", text)) > graphemes:
        raise Refused("InvalidRequest", f"{what} must not be longer than {graphemes} graphemes")
    if len(text.encode("utf-8", "surrogatepass")) > octets:
        raise Refused("InvalidRequest", f"{what} must not be longer than {octets} bytes")
