"""What a person fills in on the page, and the act of the public that follows from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sandbox.world import World

MOST = 20_000  # characters; whoever wants to try a longer text uses the HTTP API


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form of one column as it was sent; shown again, with `error`, when it could not be followed."""

    channel: str = ""
    author: str = ""
    text: str = ""
    subject: str = ""
    private: bool = False
    in_reply_to: str = ""
    error: str = ""


def read(fields: Mapping[str, object]) -> Form:
    """A form from what the browser sent; what is not text counts as empty."""

    def text(name: str) -> str:
        value = fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    return Form(
        channel=text("channel"),
        author=text("author"),
        text=text("text").replace("\r\n", "\n"),
        subject=text("subject"),
        private=text("where") == "private",
        in_reply_to=text("in_reply_to"),
    )


def write(world: World, form: Form) -> str:
    """Do what the form says; gives the id of what was written. ValueError: one sentence for the person."""
    if not form.author:
        raise ValueError("Give a name to write as.")
    if not form.text:
        raise ValueError("Write something first.")
    if len(form.text) > MOST:
        raise ValueError(f"Keep it under {MOST:,} characters here; this has {len(form.text):,}.")
    if form.channel == "mail":
        return world.send_mail(form.author, form.text, form.subject or None, form.in_reply_to or None)
    verbs: dict[tuple[str, bool], Callable[..., str]] = {
        ("x", False): world.post_on_x,
        ("x", True): world.message_on_x,
        ("facebook", False): world.comment_on_facebook,
        ("facebook", True): world.message_on_facebook,
    }
    for channel in world.sites:
        verbs[channel, False] = partial(world.post_on, channel)
        verbs[channel, True] = partial(world.message_on, channel)
    verb = verbs.get((form.channel, form.private))
    if verb is None:
        raise ValueError("Choose one of the channels of this page.")
    return verb(form.author, form.text, form.in_reply_to or None)
