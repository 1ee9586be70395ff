"""A message that SEARCH tests."""

from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from functools import cached_property

from sandbox.mail.boxes import Mail, raw_of
from sandbox.mail.parsing import parse, text_of
from sandbox.store import Store


@dataclass
class Candidate:
    """One message under test; its bytes are read only when a criterion asks for them."""

    store: Store
    folder: int
    number: int
    mail: Mail

    @cached_property
    def raw(self) -> bytes:
        return raw_of(self.store, self.folder, self.mail.uid)

    def header(self, name: str) -> str | None:
        """All values of a header, decoded, in lower case; None when there is none."""
        values = message_from_bytes(self.raw.partition(b"\r\n\r\n")[0]).get_all(name)
        if values is None:
            return None
        return "\n".join(_decoded(str(value)) for value in values).lower()

    @cached_property
    def body(self) -> str:
        return text_of(parse(self.raw)).lower()

    @cached_property
    def sent(self) -> date:
        try:
            return parsedate_to_datetime(self.header("Date") or "").date()
        except (TypeError, ValueError):
            return self.mail.at.date()


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value
