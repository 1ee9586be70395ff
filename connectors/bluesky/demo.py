"""The demo's account on Bluesky. The app password is the sandbox's own: it opens nothing else."""

from connectors.demo import Demo


def make_demo() -> Demo:
    """Return what the set-up page would be given."""
    return Demo(
        name="Northshire Police on Bluesky",
        town="/town/bluesky/posts",
        values={
            "server": "bsky.social",
            "handle": "police.northshire.example",
            "app_password": "sandbox-app-pass-0001",
        },
    )
