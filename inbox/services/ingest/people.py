"""Find or make the people behind a page, by their channel's stable keys."""

from collections.abc import Sequence

from inbox.incoming import Author
from inbox.models import Handle, Person


def find_people(channel: str, authors: Sequence[Author]) -> dict[str, Handle]:
    """Return a handle for each author's key; unknown ones are made, changed names are taken over."""
    # The last one wins: items come oldest first. Sorted, so that two accounts of one channel that meet the
    # same people at once lock them in the same order.
    wanted = {author.key: author for author in authors}
    wanted = dict(sorted(wanted.items()))
    handles = _load(channel, list(wanted))
    missing = [author for key, author in wanted.items() if key not in handles]
    if missing:
        handles |= _make(channel, missing)
    _rename(handles, wanted)
    return handles


def _load(channel: str, keys: list[str]) -> dict[str, Handle]:
    return {handle.key: handle for handle in Handle.objects.filter(channel=channel, key__in=keys)}


def _make(channel: str, authors: list[Author]) -> dict[str, Handle]:
    people = Person.objects.bulk_create(
        Person(name=author.name or author.address[:200]) for author in authors
    )
    fresh = [
        Handle(person=person, channel=channel, key=author.key, name=author.name, address=author.address)
        for person, author in zip(people, authors, strict=True)
    ]
    # Another account of this channel may meet the same person at this moment: its row wins, ours is undone.
    Handle.objects.bulk_create(fresh, ignore_conflicts=True)
    handles = _load(channel, [author.key for author in authors])
    used = {handle.person_id for handle in handles.values()}
    spare = [person.pk for person in people if person.pk not in used]
    if spare:
        Person.objects.filter(pk__in=spare).delete()
    return handles


def _rename(handles: dict[str, Handle], wanted: dict[str, Author]) -> None:
    changed, names = [], {}
    for key, author in wanted.items():
        handle = handles[key]
        name, address = author.name or handle.name, author.address or handle.address
        if (name, address) == (handle.name, handle.address):
            continue
        if name != handle.name:
            names[handle.person_id] = (handle.name, name)
        handle.name, handle.address = name, address
        changed.append(handle)
    if changed:
        Handle.objects.bulk_update(changed, ["name", "address"])
    if names:
        _rename_people(names)


def _rename_people(names: dict[int, tuple[str, str]]) -> None:
    # A name that staff gave, or that came from another channel, stays.
    people = [row for pk, row in Person.objects.in_bulk(names).items() if row.name in ("", names[pk][0])]
    for person in people:
        person.name = names[person.pk][1]
    Person.objects.bulk_update(people, ["name"])
