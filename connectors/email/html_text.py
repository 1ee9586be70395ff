"""Read HTML as text, for search, triage and the quiet view of a mail.

Quoted blocks become lines that begin with `>`, and what a mail program marks as the answered mail becomes one
such block, so that folding works on HTML as it does on text.
"""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

from connectors.email.signatures import MARK

LONGEST = 2_000_000
DEEPEST = 400
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})")
# Tags that hold nothing, or that end by themselves where the next one of their kind begins.
_SELF_CLOSING = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
    *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"),
}
_EMPTY = {"br", "hr", "img"}
_BLOCKS = {
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
    ),
    *("h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul"),
}
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"}
# Where the programs of Google, Microsoft, Yahoo, Proton, Zoho and Mozilla begin the mail that is answered.
_QUOTE_CLASSES = {
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "moz-cite-prefix",
    "tutanota_quote",
}
_QUOTE_IDS = {
    "divrplyfwdmsg",
    "appendonsend",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
}
QUOTE_MARKS = _QUOTE_CLASSES | _QUOTE_IDS
# Where they begin a signature.
_SIGNATURES = {
    *("gmail_signature", "moz-signature", "applemailsignature", "ms-outlook-mobile-signature", "signature"),
    *(
        "protonmail_signature_block",
        "ymail_android_signature",
        "tutanota_signature",
        "ms-outlook-ios-signature",
    ),
}
REPLY_MARK = "-----Original Message-----"
_TIDY = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS | _BLOCKS | {"font", "img"},
    attributes={"*": {"class", "id"}, "a": {"href"}, "img": {"alt"}},
    clean_content_tags={"script", "style", "title", "template", "noscript"},
    link_rel=None,
)


def is_too_deep(html: str) -> bool:
    """Say whether more tags stand open at once than DEEPEST: parsing such a page takes time by its square."""
    depth = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > DEEPEST:
            return True
    return False


def strip_tags(html: str) -> str:
    """Return the words of a page that is not worth parsing."""
    return unescape(re.sub(r"<[^<>]{0,5000}>", " ", html))


def read_html(html: str) -> str:
    """Return the text that a reader of the page would see; addresses of links stand behind their words."""
    reader = _Reader()
    reader.feed(_TIDY.clean(html[:LONGEST].replace("\0", "\ufffd")))
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects lines. The input has been through a real HTML parser, so that its tags are balanced."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._verbatim = 0
        self._marked = False
        self._link: tuple[str, int] | None = None
        self._depth = 0
        self._signature: tuple[int, int] | None = None  # the depth of its element and the line of its mark
        self._signed = False  # that element has ended

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._break(blank=tag in _SPACED)
        self._depth += tag not in _EMPTY
        self._mark_quote(tag, given)
        self._mark_signature(given)
        if tag == "br":
            self._break(force=True)
        elif tag == "a":
            self._link = (given.get("href", ""), len(self._line))
        self._quotes += tag == "blockquote"
        self._verbatim += tag == "pre"
        alternative = given.get("alt", "").strip()
        self._line += {"li": ["• "], "td": [" "], "th": [" "]}.get(tag, [])
        self._line += [f"[{alternative}]"] if tag == "img" and alternative else []

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link:
            self._finish_link(*self._link)
            self._link = None
        if tag in _BLOCKS:
            self._break(blank=tag in _SPACED)
        self._depth -= tag not in _EMPTY
        self._signed |= self._signature is not None and self._depth < self._signature[0]
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)

    def handle_data(self, data: str) -> None:
        self._doubt_signature(data)
        if self._verbatim:
            first, *others = data.split("\n")
            self._line.append(first)
            for line in others:
                self._break(force=True)
                self._line.append(line)
            return
        self._line.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def text(self) -> str:
        """Return what was read, without runs of empty lines."""
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _break(self, *, blank: bool = False, force: bool = False) -> None:
        line = "".join(self._line).replace("\xa0", " ")
        line = line.rstrip() if self._verbatim else re.sub(r" {2,}", " ", line).strip()
        self._line = []
        prefix = ">" * self._quotes + (" " if self._quotes and line else "")
        if line or force:
            self._lines.append(f"{prefix}{line}")
        if blank and self._lines and self._lines[-1].strip(">"):
            self._lines.append(">" * self._quotes)

    def _mark_quote(self, tag: str, given: dict[str, str]) -> None:
        """Write a line where a mail program says that the answered mail begins."""
        if self._marked or not self._lines:
            return
        name = given.get("id", "").lower().removeprefix("x_")
        names = {word.removeprefix("x_") for word in given.get("class", "").lower().split()}
        if name in _QUOTE_IDS or (names & _QUOTE_CLASSES and tag != "blockquote"):
            self._break()
            self._marked = True
            if not names & {"gmail_quote", "moz-cite-prefix"}:  # these bring a line of their own
                self._lines.append(REPLY_MARK)

    def _mark_signature(self, given: dict[str, str]) -> None:
        """Write the mark of a signature where a mail program says that one begins."""
        names = {given.get("id", "").lower(), *given.get("class", "").lower().split()}
        if self._signature or self._marked or self._quotes or not self._lines:
            return
        if {name.removeprefix("x_") for name in names} & _SIGNATURES:
            self._break()
            self._signature = (self._depth, len(self._lines))
            self._lines.append(MARK)

    def _doubt_signature(self, data: str) -> None:
        """Take the mark back when somebody went on writing below the signature."""
        if self._signature is None or not self._signed or self._marked or self._quotes or not data.strip():
            return
        line = self._signature[1]
        if self._lines[line] == MARK:
            self._lines[line] = ""

    def _finish_link(self, address: str, start: int) -> None:
        words = "".join(self._line[start:]).strip()
        plain = address.removeprefix("mailto:").removeprefix("tel:")
        if address and plain.rstrip("/") not in {words, words.rstrip("/")} and not address.startswith("#"):
            self._line.append(f" <{address}>" if words else address)
