"""Routes of /town: the page, its lists as fragments, its forms and its static files."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.bluesky.threads import on_bluesky
from sandbox.issuers import ISSUERS
from sandbox.mastodon.threads import on_mastodon
from sandbox.scenarios import catalogue
from sandbox.town.facebook_threads import on_facebook
from sandbox.town.mail_threads import by_mail
from sandbox.town.threads import Thread
from sandbox.town.writing import Form, read, write
from sandbox.town.x_threads import on_x
from sandbox.world import World

HERE = Path(__file__).parent
STATIC = {"town.css": "text/css", "town.js": "text/javascript", "icon.svg": "image/svg+xml"}
SPEEDS = (1, 3, 10, 60)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LOCAL = ZoneInfo("Europe/London")

COLUMNS: dict[str, Callable[[World], list[Thread]]] = {
    "x": on_x,
    "facebook": on_facebook,
    "mail": by_mail,
    "bluesky": on_bluesky,
    "mastodon": on_mastodon,
}
NAMES = {
    "x": "X",
    "facebook": "Facebook",
    "mail": "Mail",
    **{channel: issuer.name for channel, issuer in ISSUERS.items()},
}
TO = {
    "x": "@NorthshirePol",
    "facebook": "Northshire Police",
    "mail": "desk@northshire.example",
    **{channel: issuer.to for channel, issuer in ISSUERS.items()},
}


def town_routes(world: World) -> list[BaseRoute]:
    """Routes of /town (page, lists, forms, static files), to stand beside the town's HTTP API."""
    town = Town(world)
    return [
        Route("/town", town.page, methods=["GET"]),
        Route("/town/lists/{channel}", town.list, methods=["GET"]),
        Route("/town/state", town.state, methods=["GET"]),
        Route("/town/write", _from_here(town.write), methods=["POST"]),
        Route("/town/play", _from_here(town.play), methods=["POST"]),
        Route("/town/static/{name}", _static, methods=["GET"]),
    ]


class Town:
    """The page over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pages = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters["local"] = lambda at: at.astimezone(LOCAL)

    async def page(self, request: Request) -> Response:
        return self._page(self._asked(request))

    async def list(self, request: Request) -> Response:
        """One column's threads as HTML; 304 when nothing changed since the ETag that is given."""
        channel = request.path_params["channel"]
        if channel not in COLUMNS:
            return Response(status_code=404, headers=HEADERS)
        html = self._list(channel)
        tag = f'"{sha256(html.encode()).hexdigest()[:20]}"'
        headers = {**HEADERS, "ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(html, headers=headers)

    async def state(self, request: Request) -> Response:
        return JSONResponse({"sentence": playing(self._world.player.state())}, headers=HEADERS)

    async def write(self, request: Request) -> Response:
        """Let somebody write; back to the page, or JSON for its script. 400 says what is missing."""
        async with request.form(max_files=0, max_fields=10) as fields:
            form = read(fields)
        wants_json = "application/json" in request.headers.get("accept", "")
        try:
            identity = write(self._world, form)
        except ValueError as error:
            if wants_json:
                return JSONResponse({"error": str(error)}, status_code=400, headers=HEADERS)
            return self._page(replace(form, error=str(error)), status=400)
        if wants_json:
            return JSONResponse({"id": identity}, status_code=201, headers=HEADERS)
        return RedirectResponse(f"/town#{form.channel}", status_code=303, headers=HEADERS)

    async def play(self, request: Request) -> Response:
        """Start a scenario, or stop the one that plays when the button "stop" was pressed."""
        async with request.form(max_files=0, max_fields=10) as fields:
            name, speed, stop = (str(fields.get(key, "")) for key in ("scenario", "speed", "stop"))
        try:
            if stop:
                self._world.player.stop()
            else:
                self._world.player.start(name, self._world.settings.seed, float(speed or 1))
        except KeyError:
            return self._page(Form(error=f"There is no scenario “{name}”."), status=400)
        except ValueError:
            return self._page(Form(error="Choose one of the speeds in the list."), status=400)
        return RedirectResponse("/town", status_code=303, headers=HEADERS)

    def _page(self, form: Form, status: int = 200) -> Response:
        state = self._world.player.state()
        html = self._pages.get_template("page.html").render(
            form=form,
            columns=[self._column(channel, form) for channel in COLUMNS],
            scenarios=catalogue(),
            speeds=sorted({*SPEEDS, state.get("speed", 1)}),
            state=state,
            chosen=state["playing"] or "friday-evening",
            sentence=playing(state),
        )
        return HTMLResponse(html, status_code=status, headers=HEADERS)

    def _column(self, channel: str, form: Form) -> dict[str, Any]:
        mine = form if form.channel == channel else Form(channel=channel)
        return {
            "channel": channel,
            "name": NAMES[channel],
            "to": TO[channel],
            "form": mine,
            "threads": COLUMNS[channel](self._world),
        }

    def _list(self, channel: str) -> str:
        template = self._pages.get_template("list.html")
        return template.render(channel=channel, name=NAMES[channel], threads=COLUMNS[channel](self._world))

    def _asked(self, request: Request) -> Form:
        """A form that the links "Reply" fill in by themselves, also without script."""
        asked = request.query_params
        thread = self._thread(asked.get("channel", ""), asked.get("reply", ""))
        if thread is None:
            return Form()
        return Form(
            channel=asked["channel"],
            author=thread.as_who,
            private=thread.private,
            in_reply_to=thread.reply_to,
        )

    def _thread(self, channel: str, key: str) -> Thread | None:
        threads = COLUMNS[channel](self._world) if channel in COLUMNS else []
        return next((thread for thread in threads if thread.key == key), None)


def playing(state: dict[str, Any]) -> str:
    """The state of the player in one sentence."""
    if state["playing"] is None:
        return "No scenario is playing."
    return f"“{state['title']}” is playing: {state['told']} written."


def _from_here(act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Refuse forms that another site's page sends: browsers say in Origin whose page it was."""

    async def guarded(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            return Response("This form belongs to the town page.", status_code=403, headers=HEADERS)
        return await act(request)

    return guarded


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        return Response(status_code=404, headers=HEADERS)
    headers = {**HEADERS, "Cache-Control": "no-cache"}
    return FileResponse(HERE / "static" / name, media_type=STATIC[name], headers=headers)
