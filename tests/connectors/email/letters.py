"""Mails for the tests, written by hand."""

from connectors.email.letter import Letter
from connectors.email.reading import read_letter


def write_mail(*lines: str, body: str = "Hello", head: bool = True) -> bytes:
    """Return a mail with the usual headers, the given ones instead where they are named, and a body."""
    usual = {
        "From": "From: Jo M. <jo@town.example>",
        "To": "To: desk@northshire.example",
        "Subject": "Subject: A question",
        "Date": "Date: Sun, 22 Nov 2026 10:00:00 +0000",
        "Message-ID": "Message-ID: <1@town.example>",
    }
    named = {line.partition(":")[0] for line in lines}
    kept = [text for name, text in usual.items() if name not in named] if head else []
    return ("\r\n".join([*kept, *lines]) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def read(*lines: str, body: str = "Hello", head: bool = True) -> Letter:
    """Read such a mail."""
    return read_letter(write_mail(*lines, body=body, head=head))
