"""The force's own accounts on Bluesky, and the app passwords that the sandbox takes for them."""

from sandbox.issuing import Issuer

BLUESKY = "bluesky"
HOST = "northshire.example"
FIRST_DID = "did:plc:northshirepolice22222222"


def name_account(number: int, slug: str) -> tuple[str, str]:
    """(did, handle) of a further account; a did is written in base 32."""
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")
    return FIRST_DID[:-4] + letters, f"{(slug or f'force{number}').lower()}.{HOST}"


def give_credentials(number: int) -> dict[str, str]:
    """The app password that opens a session."""
    return {"app_password": f"sandbox-app-pass-{number:04d}"}


ISSUER = Issuer(
    channel=BLUESKY,
    name="Bluesky",
    to=f"@police.{HOST}",
    first=(FIRST_DID, "Northshire Police", f"police.{HOST}"),
    name_account=name_account,
    give_credentials=give_credentials,
)
