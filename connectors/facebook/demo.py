"""The demo's Page on Facebook. The credentials are the sandbox's own: they open nothing else."""

from connectors.demo import Demo


def make_demo() -> Demo:
    """Return what the set-up page would be given."""
    return Demo(
        name="Northshire Police on Facebook",
        town="/town/facebook/comments",
        values={
            "page_token": "sandbox-page-token-1",
            "app_id": "sandbox-app",
            "app_secret": "sandbox-app-secret",
        },
    )
