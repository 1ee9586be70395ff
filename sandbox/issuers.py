"""The channels that are one folder each, by name (see sites.py)."""

from sandbox.bluesky.issuer import ISSUER as BLUESKY
from sandbox.mastodon.issuer import ISSUER as MASTODON

ISSUERS = {issuer.channel: issuer for issuer in (BLUESKY, MASTODON)}
