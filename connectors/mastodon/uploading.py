"""Pictures that go out with a reply: uploaded with their alternative text before anything is posted."""

import time

from connectors.contract import Outgoing, OutgoingFile
from connectors.errors import Transient, UnknownOutcome
from connectors.mastodon.client import Client

LONGEST_ALTERNATIVE = 1_500
# A large picture is worked on for a while (contract section 8: 202, then 206 until 200).
TRIES, PAUSE_SECONDS = 10, 1.0
WORKING = 206


def upload_files(client: Client, outgoing: Outgoing) -> list[str]:
    """Return the ids of the reply's pictures. Nobody sees them until a status names them."""
    loaded = [(file, file.load()) for file in outgoing.files]
    return [upload(client, file, content) for file, content in loaded]


def upload(client: Client, file: OutgoingFile, content: bytes) -> str:
    """Upload one picture and wait until it can be posted. Whatever goes wrong proves that nothing left."""
    parts = {"file": (file.name, content, file.media_type)}
    words = {"description": file.alternative[:LONGEST_ALTERNATIVE]}
    try:
        answer = client.write("/api/v2/media", files=parts, data=words)
    except UnknownOutcome as error:
        raise Transient("Mastodon did not take the picture.", code=error.code) from None
    media_id = str(answer.get("id") or "")
    if not media_id:
        raise Transient("Mastodon took the picture but gave no number for it.", code="picture")
    if not answer.get("url"):
        wait_for(client, media_id)
    return media_id


def wait_for(client: Client, media_id: str) -> None:
    """Wait until the server has worked on a picture. Raises Transient when it takes too long."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        if client.ask("GET", f"/api/v1/media/{media_id}").status_code != WORKING:
            return
    raise Transient("Mastodon is still working on the picture.", code="picture")
