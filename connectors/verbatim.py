"""Cut the elements of a JSON answer's list out of the text as they stand, for the untouched source."""

import json

_DECODER = json.JSONDecoder()
_SPACE = " \t\n\r"


def cut_elements(text: str, key: str = "data") -> list[str]:
    """Return each element of the top-level list `key` of valid JSON, character for character."""
    pieces: list[str] = []
    at = skip(text, 0)
    if text[at : at + 1] != "{":
        return pieces
    at = skip(text, at + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = skip(text, skip(text, at) + 1)
        if name == key and text[at] == "[":
            pieces, at = cut_list(text, at)
        else:
            _, at = _DECODER.raw_decode(text, at)
        at = skip_comma(text, at)
    return pieces


def cut_list(text: str, at: int) -> tuple[list[str], int]:
    """Return the elements of the list that begins at `at`, and where it ends."""
    pieces: list[str] = []
    at = skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        pieces.append(text[at:end])
        at = skip_comma(text, end)
    return pieces, at + 1


def skip(text: str, at: int) -> int:
    """Return where the next sign stands."""
    while text[at : at + 1] and text[at] in _SPACE:
        at += 1
    return at


def skip_comma(text: str, at: int) -> int:
    """Return where the next member begins, past a comma if there is one."""
    at = skip(text, at)
    return skip(text, at + 1) if text[at] == "," else at
