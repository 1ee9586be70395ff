"""Hide replies to our posts and like posts (contract section 1.5); both may be repeated without harm."""

from connectors.errors import NotPermitted, Transient
from connectors.reading import read_dict
from connectors.twitter.client import Call, Client

KEYS = {"hide": "hidden", "like": "liked"}


def carry_out(client: Client, kind: str, target: str, *, undo: bool) -> None:
    """Carry it out and look that X says so. Raises NotPermitted for what X does not have."""
    # tweepy's own like() reads our number out of the token's spelling; we know it.
    likes = f"/2/users/{client.own_id}/likes"
    calls: dict[tuple[str, bool], Call] = {
        ("hide", False): lambda api, signed: api.hide_reply(target, user_auth=signed),
        ("hide", True): lambda api, signed: api.unhide_reply(target, user_auth=signed),
        ("like", False): lambda api, signed: api.request(
            "POST", likes, json={"tweet_id": target}, user_auth=signed
        ),
        ("like", True): lambda api, signed: api.request("DELETE", f"{likes}/{target}", user_auth=signed),
    }
    call = calls.get((kind, undo))
    if call is None:
        raise NotPermitted("X does not offer that.", code="act")
    said = read_dict(client.write(call), "data").get(KEYS[kind])
    if said is not (not undo):
        raise Transient("X did not say that it was done.", code="act")
