"""Read the fields of a form that a web page mailed as an HTML table or a list of terms."""

from html.parser import HTMLParser

import nh3

from connectors.email.forms import LONGEST_LABEL, MOST, Field, accept
from connectors.email.html_text import QUOTE_MARKS, is_too_deep

LONGEST = 500_000
_CELLS, _BOLD = {"td", "th", "dt", "dd"}, {"b", "strong", "th", "dt"}
_TIDY = nh3.Cleaner(
    tags={
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "dl",
        "dt",
        "dd",
        "b",
        "strong",
        "br",
        "p",
        "div",
    }
    | {"blockquote", "li"},
    attributes={"*": {"class", "id"}},
    clean_content_tags={"script", "style", "title", "template", "noscript"},
    link_rel=None,
)


def read_table(html: str) -> tuple[Field, ...]:
    """Return the fields of the first table whose rows are a label and a value; nothing where there is none.

    What stands below the mark of an answered mail is not looked at.
    """
    if "<t" not in html.lower() and "<d" not in html.lower():
        return ()
    head = html[:LONGEST].replace("\0", "\ufffd")
    if is_too_deep(head):
        return ()
    reader = _Rows()
    reader.feed(_TIDY.clean(head))
    reader.close()
    return accept(reader.fields())


class _Rows(HTMLParser):
    """Collects rows of cells. The input has been through a real HTML parser: its tags are balanced."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[tuple[str, bool]]] = []
        self._cells: list[list[str]] = []  # open cells, inner ones last: a table may stand in a cell
        self._bold = 0
        self._plain = False  # something in the open cell is not bold
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {word.lower().removeprefix("x_") for _, value in attrs for word in (value or "").split()}
        self._over |= tag == "blockquote" or bool(names & QUOTE_MARKS)
        if self._over or len(self._rows) > MOST * 2:
            return
        if tag in {"tr", "dt"}:
            self._rows.append([])
        self._bold += tag in _BOLD
        if tag in _CELLS:
            self._cells.append([])
            self._plain = False
        elif self._cells and tag in {"br", "p", "div", "li"}:
            self._cells[-1].append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._bold = max(0, self._bold - (tag in _BOLD))
        if tag not in _CELLS or not self._cells:
            return
        text = "\n".join(" ".join(line.split()) for line in "".join(self._cells.pop()).split("\n")).strip()
        if self._rows and not self._over:
            self._rows[-1].append((text, not self._plain))

    def handle_data(self, data: str) -> None:
        if self._cells and not self._over:
            self._cells[-1].append(data.replace("\n", " "))
            self._plain |= bool(data.strip()) and not self._bold

    def fields(self) -> list[Field]:
        """Return label and value of each row of two, and of each bold row with the row below it."""
        found: list[Field] = []
        label = ""
        for row in self._rows:
            cells = [(text, bold) for text, bold in row if text]
            if len(row) == 2 and cells and row[0][0] and _is_label(row[0][0]):
                found.append((row[0][0].rstrip(":： "), row[1][0]))
                label = ""
            elif len(cells) == 1 and label:
                found.append((label, cells[0][0]))
                label = ""
            elif len(cells) == 1 and cells[0][1] and _is_label(cells[0][0]):
                label = cells[0][0].rstrip(":： ")
        return found


def _is_label(text: str) -> bool:
    return len(text) <= LONGEST_LABEL and "\n" not in text and text[:1].isalnum()
