"""What strangers sent, given out so that it can do no harm (quality rule 8)."""

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET

from audit.services import saw
from inbox.enums import AttachmentState
from inbox.filetypes import PICTURES, SIGNS
from inbox.models import Attachment, Message
from inbox.presenters.letter import lay_out
from inbox.views.asking import load

LOCKED = "default-src 'none'; sandbox"
LETTER = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'; sandbox allow-popups"
)
STYLE = (
    "body{margin:12px;font:15px/1.5 system-ui,sans-serif;color:#12161c;background:#fff}"
    "table,img{max-width:100%}"
    "blockquote{margin:0 0 0 12px;padding-left:12px;border-left:2px solid #c7cdd6}"
)


def find_file(request: HttpRequest, attachment_id: int) -> Attachment:
    """Return a stored file of a conversation that may be seen, a draft's for its author alone; else 404."""
    rows = Attachment.objects.select_related("message", "reply", "draft").defer("message__search")
    found = get_object_or_404(rows, pk=attachment_id)
    if found.state != AttachmentState.STORED:
        raise Http404
    if found.draft is not None and found.draft.author_id != request.user.pk:
        raise Http404
    home = found.message or found.reply or found.draft
    if home is None:
        raise Http404
    load(request, home.conversation_id)
    saw(request.user, found)
    return found


@require_GET
def download(request: HttpRequest, attachment_id: int) -> HttpResponse | FileResponse:
    """Give the file out to be saved, never to be opened in the page."""
    found = find_file(request, attachment_id)
    answer = FileResponse(open_stored(found), as_attachment=True, filename=name_download(found.name))
    answer.headers["Content-Type"] = "application/octet-stream"
    return lock_up(answer)


def name_download(name: str) -> str:
    """Return a stranger's file name with nothing in it but letters, digits, dots and dashes."""
    try:
        return get_valid_filename(name)
    except SuspiciousFileOperation:
        return "file"


@require_GET
def show_picture(request: HttpRequest, attachment_id: int) -> HttpResponse | FileResponse:
    """Show a picture in the page: only if its bytes say that it is one."""
    found = find_file(request, attachment_id)
    stream = open_stored(found)
    head = stream.read(16)
    stream.seek(0)
    if found.media_type not in PICTURES or not head.startswith(SIGNS[found.media_type]):
        stream.close()
        raise Http404
    answer = FileResponse(stream, content_type=found.media_type)
    return lock_up(answer)


def open_stored(found: Attachment) -> "File[bytes]":
    """Open the stored bytes; 404 when they are gone."""
    try:
        stored: File[bytes] = default_storage.open(found.stored_as, "rb")
        return stored
    except FileNotFoundError:
        raise Http404 from None


def lock_up(answer: FileResponse) -> FileResponse:
    """Set the headers under which a stranger's bytes can neither run nor be taken for something else."""
    answer.headers["Content-Security-Policy"] = LOCKED
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
def download_source(request: HttpRequest, message_id: int) -> HttpResponse:
    """Give out the untouched source of a message."""
    message = find_message(request, message_id)
    if message.raw is None:
        raise Http404
    ending = {"message/rfc822": "eml", "application/json": "json"}.get(message.raw.media_type, "bin")
    answer = HttpResponse(bytes(message.raw.body), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="message-{message.pk}.{ending}"'
    answer.headers["Content-Security-Policy"] = LOCKED
    return answer


@require_GET
def show_html(request: HttpRequest, message_id: int) -> HttpResponse:
    """Show a mail as it was laid out, cleaned again, under a policy that fetches and runs nothing."""
    message = find_message(request, message_id)
    if not message.html:
        raise Http404
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title><style>{STYLE}</style>'
    answer = HttpResponse(f"{head}<body>{lay_out(message)}")
    answer.headers["Content-Security-Policy"] = LETTER
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def find_message(request: HttpRequest, message_id: int) -> Message:
    """Return a message of a conversation that may be seen, with its source; 404 otherwise."""
    found = get_object_or_404(Message.objects.select_related("raw").defer("search"), pk=message_id)
    load(request, found.conversation_id)
    return found
