"""Hide and like on Facebook, and take it back (contract section 2.5); twice is the same as once."""

from connectors.errors import NotPermitted, UnknownOutcome
from connectors.facebook.client import Client


def carry_out(client: Client, kind: str, target: str, *, undo: bool) -> None:
    """Do it. Raises connectors.errors; only a plain yes of Facebook's counts as done."""
    if kind == "hide":
        answer = client.write(target, is_hidden="false" if undo else "true")
    elif kind == "like":
        answer = client.remove(f"{target}/likes") if undo else client.write(f"{target}/likes")
    else:
        raise NotPermitted("Facebook does not offer that.", code="act")
    if answer.get("success") is not True:
        raise UnknownOutcome("Facebook did not say clearly that it was done.", code="receipt")
