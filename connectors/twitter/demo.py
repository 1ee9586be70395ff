"""The demo's account on X. The credentials are the sandbox's own: they open nothing else."""

from connectors.demo import Demo


def make_demo() -> Demo:
    """Return what the set-up page would be given."""
    return Demo(
        name="Northshire Police on X",
        town="/town/x/posts",
        values={
            "consumer_key": "sandbox-consumer",
            "consumer_secret": "sandbox-consumer-secret",
            "access_token": "sandbox-access-1",
            "access_token_secret": "sandbox-access-secret-1",
            "plan": "pay",
        },
    )
