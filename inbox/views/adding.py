"""Files beneath the compose box: added, described and taken away before anything is sent."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from inbox.errors import BadInput, InboxError
from inbox.services import attach, draft
from inbox.services.attach import Upload
from inbox.views.actions import go_to
from inbox.views.asking import load, parse_number, read_text
from inbox.views.typed import give_back
from staff.guards import acting, only_for
from staff.permissions import can_work_inbox

DESCRIBES = "alternative-"
# More than any channel carries; what is larger is refused before it is read into memory.
MOST_BYTES, MOST_FILES = 60_000_000, 20


@require_POST
@only_for(can_work_inbox)
def add_files(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Keep the chosen files with the draft, and what is typed so far."""
    load(request, conversation_id)
    try:
        keep_typed(request, conversation_id)
        if not keep_chosen(request, conversation_id):
            raise BadInput("Choose a file first, then press Add.", field="files")
    except InboxError as refusal:
        return give_back(request, conversation_id, refusal)
    return go_to(request, conversation_id)


@require_POST
@only_for(can_work_inbox)
def remove_file(request: HttpRequest, conversation_id: int, file_id: int) -> HttpResponse:
    """Take one file away again; what is typed stays."""
    load(request, conversation_id)
    try:
        keep_typed(request, conversation_id)
        attach.remove_file(actor=acting(request), conversation_id=conversation_id, file_id=file_id)
    except InboxError as refusal:
        return give_back(request, conversation_id, refusal)
    return go_to(request, conversation_id)


def keep_typed(request: HttpRequest, conversation_id: int) -> None:
    """Keep the words, the way and the pictures' descriptions."""
    draft.save_draft(
        actor=acting(request),
        conversation_id=conversation_id,
        text=read_text(request, "text"),
        way=request.POST.get("way", "public"),
    )
    keep_descriptions(request, conversation_id)


def keep_descriptions(request: HttpRequest, conversation_id: int) -> None:
    """Keep what stands for pictures."""
    words = {
        number: read_text(request, name)
        for name in request.POST
        if name.startswith(DESCRIBES) and (number := parse_number(name.removeprefix(DESCRIBES)))
    }
    if words:
        attach.describe_files(actor=acting(request), conversation_id=conversation_id, alternatives=words)


def keep_chosen(request: HttpRequest, conversation_id: int) -> list[int]:
    """Keep files that came with the form, and return their ids. BadInput when they cannot go out."""
    chosen = [file for file in request.FILES.getlist("files") if file.name]
    if len(chosen) > MOST_FILES or sum(file.size or 0 for file in chosen) > MOST_BYTES:
        raise BadInput(f"These files are too many or too large. {attach.KEPT}", field="files")
    if not chosen:
        return []
    uploads = [Upload(name=str(file.name), content=file.read()) for file in chosen]
    rows = attach.add_files(actor=acting(request), conversation_id=conversation_id, uploads=uploads)
    return [row.pk for row in rows]


def read_files(request: HttpRequest) -> list[int]:
    """Return the ids of the files that stood beneath the draft."""
    numbers = [parse_number(word) for word in request.POST.getlist("file")[:MOST_FILES]]
    return [number for number in numbers if number]
