"""The addresses of Mastodon's own protocol."""

from starlette.routing import BaseRoute, Route

from sandbox.mastodon.door import MastodonPlatform
from sandbox.mastodon.reads import Reads
from sandbox.mastodon.writes import Writes
from sandbox.serving.door import Door, Handler
from sandbox.world import World


def mastodon_routes(world: World) -> list[BaseRoute]:
    """Everything under /api."""
    platform = MastodonPlatform(world, world.mastodon.buckets)
    reads, writes = Reads(world.mastodon.town), Writes(world.mastodon.town)
    table: list[tuple[str, str, str, Handler]] = [
        ("GET", "/api/v2/instance", "instance", reads.instance),
        ("GET", "/api/v1/accounts/verify_credentials", "verify_credentials", reads.verify),
        ("GET", "/api/v1/accounts/{id}/statuses", "account_statuses", reads.written),
        ("GET", "/api/v1/notifications", "notifications", reads.notifications),
        ("GET", "/api/v1/statuses/{id}", "status", reads.status),
        ("GET", "/api/v1/statuses/{id}/context", "context", reads.context),
        ("POST", "/api/v1/statuses", "create_status", writes.create),
        ("DELETE", "/api/v1/statuses/{id}", "delete_status", writes.delete),
        ("POST", "/api/v2/media", "media_upload", writes.upload),
        ("GET", "/api/v1/media/{id}", "media", writes.uploaded),
    ]
    return [
        Route(path, Door(platform, operation, handler), methods=[method])
        for method, path, operation, handler in table
    ]
