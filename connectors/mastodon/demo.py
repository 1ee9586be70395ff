"""The demo's account on Mastodon. The token is the sandbox's own: it opens nothing else."""

from connectors.demo import Demo


def make_demo() -> Demo:
    """Return what the set-up page would be given."""
    return Demo(
        name="Northshire Police on Mastodon",
        town="/town/mastodon/posts",
        values={"server": "northshire.social", "access_token": "sandbox-mastodon-token-1"},
    )
