"""The force's own accounts on Mastodon, and the tokens that the sandbox takes for them."""

from sandbox.issuing import Issuer

MASTODON = "mastodon"
SERVER = "northshire.social"


def name_account(number: int, slug: str) -> tuple[str, str]:
    """(id, user name) of a further account."""
    return str(109_000_000_000_000_000 + number), (slug or f"force{number}").lower()[:30]


def give_credentials(number: int) -> dict[str, str]:
    """A token that does not end (contract section 8)."""
    return {"access_token": f"sandbox-mastodon-token-{number}", "server": f"https://{SERVER}"}


ISSUER = Issuer(
    channel=MASTODON,
    name="Mastodon",
    to=f"@police@{SERVER}",
    first=("109000000000000001", "Northshire Police", "police"),
    name_account=name_account,
    give_credentials=give_credentials,
)
