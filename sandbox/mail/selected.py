"""A selected folder as one session numbers it, and what changed in it since (RFC 3501 section 7.3, 7.4.1)."""

from bisect import bisect_left

from sandbox.mail import boxes
from sandbox.mail.boxes import Folder
from sandbox.mail.wire import numbers
from sandbox.store import Store


class FolderGone(Exception):
    """The folder is no more, or its UIDs no longer mean what this session was told."""


class Selected:
    def __init__(self, store: Store, folder: Folder, *, read_only: bool) -> None:
        self._store = store
        self.folder = folder
        self.read_only = read_only
        self.uids = boxes.uids(store, folder.id)

    def news(self) -> list[bytes]:
        """The untagged lines that tell what came and went. FolderGone: nothing can be told any more."""
        now = boxes.find_folder(self._store, self.folder.address, self.folder.name)
        if now is None or now.id != self.folder.id or now.uidvalidity != self.folder.uidvalidity:
            raise FolderGone
        if (now.uidnext, now.removed) == (self.folder.uidnext, self.folder.removed):
            return []
        self.folder = now
        return self._difference(boxes.uids(self._store, now.id))

    def arrived(self) -> bool:
        now = boxes.find_folder(self._store, self.folder.address, self.folder.name)
        return now is None or (now.uidnext, now.removed) != (self.folder.uidnext, self.folder.removed)

    def _difference(self, present: list[int]) -> list[bytes]:
        still = set(present)
        lines = []
        for index in range(len(self.uids) - 1, -1, -1):
            if self.uids[index] not in still:
                lines.append(b"* %d EXPUNGE" % (index + 1))
        grown = bool(present) and (not self.uids or present[-1] > self.uids[-1])
        self.uids = present
        if grown:
            lines.append(b"* %d EXISTS" % len(present))
        return lines

    def number_of(self, uid: int) -> int:
        return bisect_left(self.uids, uid) + 1

    @property
    def highest_uid(self) -> int:
        return self.uids[-1] if self.uids else 0

    def pick(self, wanted: str, *, by_uid: bool) -> list[int]:
        """The UIDs that a sequence set names here, ascending. BadCommand: it is none."""
        found: set[int] = set()
        for span in numbers(wanted, self.highest_uid if by_uid else len(self.uids)):
            if by_uid:
                found.update(
                    self.uids[bisect_left(self.uids, span.start) : bisect_left(self.uids, span.stop)]
                )
            else:
                found.update(self.uids[max(span.start - 1, 0) : span.stop - 1])
        return sorted(found)
