"""Name the parts of a mail that are more than text and files: invitations, signed and encrypted mail."""

import re
from datetime import datetime

from connectors.email.body import part_text
from connectors.email.mime import Part

MOST_SAID = 5
_ENCRYPTED_PGP = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.M)
_SIGNED_PGP = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----", re.M)
_LINE = re.compile(r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[^:\n]*)?):(?P<value>.*)")
_METHODS = {
    "CANCEL": "A cancelled calendar entry",
    "REPLY": "An answer to a calendar invitation",
    "REQUEST": "A calendar invitation",
}
UNREAD = "The desk cannot open it; what it says must be asked for in another way."
_UNCHECKED = "The desk does not check the signature."
_SIGNED = {
    "application/pkcs7-signature": f"This mail is signed with S/MIME. {_UNCHECKED}",
    "application/pgp-signature": f"This mail is signed with PGP. {_UNCHECKED}",
}
_CLOSED = {
    "application/pkcs7-mime": f"This mail is encrypted with S/MIME. {UNREAD}",
    "application/pgp-encrypted": f"This mail is encrypted with PGP. {UNREAD}",
    "application/ms-tnef": "Outlook packed this mail's files into one (winmail.dat), which stays closed.",
}


def list_particulars(root: Part, text: str) -> tuple[list[str], list[str]]:
    """Return what the mail is besides text, in sentences, and apart what keeps it from being read."""
    notes: list[str] = []
    problems: list[str] = []
    for part in root.walk():
        if part.enclosed:
            continue
        note, problem = _name_part(part)
        notes += [note] if note else []
        problems += [problem] if problem else []
    if _ENCRYPTED_PGP.search(text):
        problems.append(f"The text is encrypted with PGP. {UNREAD}")
    elif _SIGNED_PGP.search(text):
        notes.append(f"The text is signed with PGP. {_UNCHECKED}")
    return list(dict.fromkeys(notes))[:MOST_SAID], list(dict.fromkeys(problems))[:MOST_SAID]


def _name_part(part: Part) -> tuple[str, str]:
    kind = part.kind.replace("x-pkcs7", "pkcs7")
    if kind == "text/calendar":
        return read_invitation(part_text(part)), ""
    if kind == "application/pkcs7-mime" and b"signed" in part.parameters.get("smime-type", b"").lower():
        return "", f"This mail is signed and packed with S/MIME. {UNREAD}"
    return _SIGNED.get(kind, ""), _CLOSED.get(kind, "")


def read_invitation(text: str) -> str:
    """Return a calendar entry as a sentence: what, when, where, from whom (RFC 5545)."""
    lines = re.sub(r"\n[ \t]", "", text[:100_000]).split("\n")
    found: dict[str, tuple[str, str]] = {}
    inside = False
    for line in lines:
        match = _LINE.fullmatch(line.strip())
        if not match:
            continue
        name, value = match["name"], match["value"]
        if name in {"BEGIN", "END"}:
            inside = name == "BEGIN" and value == "VEVENT"
        if inside or name == "METHOD":
            found.setdefault(name, (_unescape(value), match["parameters"]))
    what = _METHODS.get(found.get("METHOD", ("", ""))[0].upper(), "A calendar entry")
    summary, place = found.get("SUMMARY", ("", ""))[0], found.get("LOCATION", ("", ""))[0]
    host = re.sub(r"(?i)^mailto:", "", found.get("ORGANIZER", ("", ""))[0])
    pieces = [f": {summary[:200]}" if summary else "", _say_when(*found.get("DTSTART", ("", "")))]
    pieces += [f", at {place[:200]}" if place else "", f", from {host[:200]}" if host else ""]
    return f"{what}{''.join(pieces)}."


def _say_when(value: str, parameters: str) -> str:
    zone = re.search(r"TZID=\"?([^;:\"]+)", parameters)
    for pattern in ("%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            moment = datetime.strptime(value.rstrip("Z"), pattern)  # noqa: DTZ007 - said as it was written
        except ValueError:
            continue
        named = " (UTC)" if value.endswith("Z") else f" ({zone[1][:60]})" if zone else ""
        hour = f"{moment:%H:%M} on " if "T" in pattern else ""
        return f", {hour}{moment.day} {moment:%B %Y}{named}"
    return ""


def _unescape(value: str) -> str:
    return " ".join(
        re.sub(r"\\([,;\\nN])", lambda found: " " if found[1] in "nN" else found[1], value).split()
    )
