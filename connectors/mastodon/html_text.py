"""From a status's HTML to the words that people read (contract section 8: content is HTML).

Addresses are cut for the eye by invisible parts, which are kept, so that the whole address comes out.
"""

import re
from html.parser import HTMLParser

BLOCKS = {"p", "blockquote", "ul", "ol", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "div"}
UNSEEN = {"script", "style", "template"}


class Words(HTMLParser):
    """Collects the text; blocks are parted by an empty line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen += 1
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n• ")
        elif tag in BLOCKS:
            self.pieces.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in BLOCKS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(data)


def read_html(content: str) -> str:
    """Return the plain text."""
    words = Words()
    words.feed(content)
    words.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(words.pieces)).strip()
