"""Choose, from a mail's parts, the text to read, the HTML to show and the files to keep."""

import re
from dataclasses import dataclass, field

from connectors.email.decoding import decode_header, decode_parameter, decode_text, decode_transfer, decode_uu
from connectors.email.html_text import is_too_deep, read_html, strip_tags
from connectors.email.letter import Enclosure
from connectors.email.mime import Headers, Part, read_parameters

LONGEST_TEXT, LONGEST_HTML = 500_000, 1_000_000
LONGEST_STAND_IN = 400
_UU_BEGIN = re.compile(rb"begin [0-7]{3,4} (.{1,200})")
_REPORT_KINDS = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}


@dataclass
class Body:
    """What was chosen; `plain` and `html` are joined from their parts in order."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the plain text, or the HTML read as text where the plain one says nothing."""
        text = "\n".join(self.plain).strip("\n")
        if self.html and len(text.strip()) <= LONGEST_STAND_IN:
            text = choose_version(text.strip(), read_html("\n".join(self.html)))
        if len(text) > LONGEST_TEXT:
            self.problems.append("The text is very long; all of it is in the source only.")
        return text[:LONGEST_TEXT]


def choose_version(plain: str, laid_out: str) -> str:
    """Return the plain version, or the laid-out one where the plain is a stand-in (`please view as HTML`).

    Nothing that the plain one says and the other does not is left out.
    """
    if len(plain) > 1 and len(laid_out) < 2 * len(plain) + 40:
        return plain
    if " ".join(plain.split()) in " ".join(laid_out.split()):
        return laid_out
    return f"{plain}\n\n{laid_out}".strip("\n") if len(plain) > 1 else laid_out


def read_body(root: Part) -> Body:
    """Walk the parts once; of a text's versions (`multipart/alternative`) the readable one wins."""
    body = Body()
    for part in root.walk():
        if part.enclosed or (part.parts and part.kind != "message/rfc822"):
            continue
        _take(part, body)
    if not body.plain and not body.html:
        _open_enclosed(root, body)
    return body


def part_bytes(part: Part) -> tuple[bytes, bool]:
    """Return a part's content with its transfer encoding undone, and whether it was whole."""
    encoding = part.headers.first("content-transfer-encoding").decode("ascii", "replace")
    return decode_transfer(part.content, encoding)


def part_text(part: Part) -> str:
    """Return a text part as text with plain line ends."""
    content, _ = part_bytes(part)
    charset = part.parameters.get("charset", b"").decode("ascii", "replace")
    if not charset and part.kind == "text/html":
        found = re.search(rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_\-]{2,30})", content[:4096], re.I)
        charset = found[1].decode("ascii") if found else ""
    return decode_text(content, charset).replace("\r\n", "\n").replace("\r", "\n")


def file_name(headers: Headers, parameters: dict[str, bytes]) -> str:
    """Return the name that a part gives its file: never a path, never a line break."""
    _, disposition = read_parameters(headers.first("content-disposition"))
    name = decode_parameter(disposition, "filename") or decode_parameter(parameters, "name")
    name = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in name if letter.isprintable()).strip(". ")[:255]


def _take(part: Part, body: Body) -> None:
    disposition, _ = read_parameters(part.headers.first("content-disposition"))
    name = file_name(part.headers, part.parameters)
    is_text = part.kind in {"text/plain", "text/html", "text/enriched"} or (
        part.kind.startswith("text/") and not name and part.kind != "text/calendar"
    )
    if disposition == "attachment" or (name and disposition != "inline") or not is_text:
        _keep_file(part, body, name=name, inline=disposition == "inline")
        return
    text = part_text(part)
    if part.kind == "text/html":
        _take_html(text, body)
    elif name and body.plain:
        _keep_file(part, body, name=name, inline=True)
    else:
        body.plain.append(_take_out_uu(part, text, body))


def _take_html(html: str, body: Body) -> None:
    """Keep a page to show; of one that is nested more deeply than anybody writes, keep the words alone."""
    if not is_too_deep(html):
        body.html.append(html[:LONGEST_HTML])
        return
    body.plain.append(strip_tags(html))
    body.problems.append("The mail's HTML is nested too deeply to be shown; its words were kept.")


def _keep_file(part: Part, body: Body, *, name: str, inline: bool) -> None:
    content, whole = part_bytes(part)
    if not whole:
        body.problems.append(
            f"The file {name or 'without a name'} came damaged; what could be read of it was kept."
        )
    if part.kind in _REPORT_KINDS and not name:
        return
    content_id = decode_header(part.headers.first("content-id")).strip("<> ")[:200]
    if part.kind == "message/rfc822" and not name:
        subject = decode_header(part.parts[0].headers.first("subject")) if part.parts else ""
        plain = re.sub(r"[^\w .-]+", " ", subject).strip(" .")[:80]
        name = f"{plain or 'mail'}.eml"
    body.enclosures.append(Enclosure(name, part.kind[:120], content, content_id, inline or bool(content_id)))


def _take_out_uu(part: Part, text: str, body: Body) -> str:
    """Keep files that an old mail program wrote into its text (uuencode), and leave their names in it."""
    if "\nend" not in text or "begin " not in text:
        return text
    kept: list[bytes] = []
    held: list[bytes] = []  # from a `begin` line on, until its `end` comes
    content, _ = part_bytes(part)
    for line in content.splitlines():
        begun = _UU_BEGIN.fullmatch(line.rstrip())
        if begun or not held:
            kept += held
            held = [line] if begun else []
            kept += [] if begun else [line]
        elif line.rstrip() == b"end":
            kept.append(_keep_uu(held, body))
            held = []
        else:
            held.append(line)
    charset = part.parameters.get("charset", b"").decode("ascii", "replace")
    return decode_text(b"\n".join([*kept, *held]), charset)


def _keep_uu(lines: list[bytes], body: Body) -> bytes:
    name = decode_header(lines[0].split(b" ", 2)[2])
    plain = re.split(r"[/\\]", name)[-1][:255]
    content = decode_uu(b"\n".join(lines[1:]))
    body.enclosures.append(Enclosure(plain, "application/octet-stream", content))
    return f"[{plain}]".encode()


def _open_enclosed(root: Part, body: Body) -> None:
    """A mail that says nothing but carries another: the text of that one is what its sender wants read."""
    for part in root.walk():
        if part.enclosed and not part.parts and part.kind in {"text/plain", "text/html"}:
            text = part_text(part)[:LONGEST_TEXT]
            body.plain.append(text if part.kind == "text/plain" else read_html(text))
            body.problems.append("The mail says nothing itself; the text is that of the mail attached to it.")
            return
