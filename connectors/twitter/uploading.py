"""Pictures that go out with a reply: uploaded with their alternative text before anything is posted."""

import base64

from connectors.contract import Outgoing, OutgoingFile
from connectors.errors import Transient, UnknownOutcome
from connectors.reading import read_dict
from connectors.twitter.client import Call, Client

LONGEST_ALTERNATIVE = 1_000


def upload_files(client: Client, outgoing: Outgoing) -> list[str]:
    """Return the ids of the reply's pictures. Nobody sees them until a post names them (contract 1.5)."""
    category = "tweet_image" if outgoing.visibility == "public" else "dm_image"
    loaded = [(file, file.load()) for file in outgoing.files]
    return [upload(client, file, content, category) for file, content in loaded]


def upload(client: Client, file: OutgoingFile, content: bytes, category: str) -> str:
    """Upload one picture, with its alternative text. Whatever goes wrong proves that nothing left."""
    body = {"media": base64.b64encode(content).decode("ascii"), "media_category": category}
    body["media_type"] = file.media_type
    answer = ask(
        client, lambda api, signed: api.request("POST", "/2/media/upload", json=body, user_auth=signed)
    )
    media_id = str(read_dict(answer, "data").get("id") or "")
    if not media_id:
        raise Transient("X took the picture but gave no number for it.", code="picture")
    if file.alternative:
        words = {"alt_text": {"text": file.alternative[:LONGEST_ALTERNATIVE]}}
        told = {"id": media_id, "metadata": words}
        ask(client, lambda api, signed: api.request("POST", "/2/media/metadata", json=told, user_auth=signed))
    return media_id


def ask(client: Client, call: Call) -> dict[str, object]:
    """Make a writing call that nobody sees; an unclear end is a passing fault here."""
    try:
        return client.write(call)
    except UnknownOutcome as error:
        raise Transient("X did not take the picture.", code=error.code) from None
