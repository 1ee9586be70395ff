"""Live events over ASGI (uvicorn), and for the demo the pages too, in one process.

`events` is what production runs beside gunicorn. `demo` answers /events itself and hands the rest to the WSGI
application in a bounded pool of threads, whose database connections are kept.
"""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from a2wsgi import WSGIMiddleware

from desk.wsgi import application as pages

from desk.events import events  # isort: skip

PAGE_THREADS = 8
_bridge: Any = WSGIMiddleware(cast(Any, pages), workers=PAGE_THREADS)


async def demo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer live events here and everything else through the bridge."""
    if scope["type"] == "http" and scope["path"] != "/events":
        await _bridge(scope, receive, send)
    else:
        await events(scope, receive, send)
