"""The line of a message that stands in the queue, with its reasons marked."""

from collections.abc import Sequence

LENGTH = 300
BEFORE = 60
SPACES = str.maketrans({"\n": " ", "\r": " ", "\t": " "})
Span = tuple[int, int]


def cut_excerpt(text: str, spans: Sequence[Span], instead: str = "") -> tuple[str, list[list[int]]]:
    """Return at most 300 characters of `text` and where the spans stand in them, in code points.

    Starts near the first reason when that lies too far in. `instead` is shown where there is no text.
    """
    if not text.strip():
        return instead[:LENGTH], []
    start = len(text) - len(text.lstrip())
    first = min((span[0] for span in spans if span[1] - start > LENGTH), default=None)
    if first is not None and not any(span[1] - start <= LENGTH for span in spans):
        start = first - BEFORE
    lead = "…" if start > 0 and text[:start].strip() else ""
    shown = lead + text[start : start + LENGTH - len(lead)].translate(SPACES)
    shift = len(lead) - start
    marks = [
        [max(span[0] + shift, len(lead)), min(span[1] + shift, len(shown))]
        for span in sorted(spans)
        if span[1] + shift > len(lead) and span[0] + shift < len(shown)
    ]
    return shown, marks
