"""The demo's mailbox at the sandbox's ports. The password opens nothing else."""

from django.conf import settings

from connectors.demo import Demo


def make_demo() -> Demo:
    """Return what the set-up page would be given."""
    return Demo(
        name="Northshire Police by e-mail",
        town="/town/mail",
        values={
            "address": "desk@northshire.example",
            "from_name": settings.FORCE_NAME,
            "password": "sandbox-mail",
            "imap_host": "127.0.0.1",
            "imap_port": settings.SANDBOX_IMAP_PORT,
            "imap_security": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": settings.SANDBOX_SMTP_PORT,
            "smtp_security": "none",
            "plus_addresses": "yes",
        },
    )
