"""Replays: begin one, watch it, read what it found; and what stands in the shadow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError
from redis import RedisError

from staff.guards import acting, only_for
from staff.permissions import can_change_rules
from triage import tasks
from triage.errors import TriageError
from triage.history import Past, desk_history
from triage.models import Difference, Draft, Replay, ReplayState, Shadow, ShadowVerdict
from triage.services.replays import MOST_BYTES, Material, begin_replay, stop_replay
from triage.services.shadows import begin_shadow, end_shadow
from triage.tally import Tally, is_right
from triage.verdict import Level
from triage.views.asking import find_draft, find_version, perform, refused

PAGE = 50
WORDS = {"raised": "Raised", "lowered": "Lowered", "wrong": "Further from what people said"}


@dataclass(frozen=True)
class Found:
    """One message that is judged otherwise, as shown."""

    text: str
    conversation_id: int | None
    line: int | None
    before: Level
    after: Level
    decided: str
    verdict: str
    at: datetime | None


@require_POST
@only_for(can_change_rules)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a replay of a draft or a version on the last days or on an uploaded file."""
    draft, number = request.POST.get("draft", ""), request.POST.get("version", "")
    if not (draft or number).isdecimal():
        return refused(request, TriageError("Choose a draft or a version. Nothing was begun."), "versions")
    candidate = find_draft(int(draft[:18])) if draft.isdecimal() else find_version(int(number[:9]))
    try:
        replay = begin_replay(actor=acting(request), candidate=candidate, material=read_material(request))
    except TriageError as refusal:
        if isinstance(candidate, Draft):
            return refused(request, refusal, "rules-draft", draft_id=candidate.pk)
        return refused(request, refusal, "version", number=candidate.number)
    hand_out(replay)
    return redirect("replay", replay_id=replay.pk)


@require_GET
@only_for(can_change_rules)
def show(request: HttpRequest, replay_id: int) -> HttpResponse:
    """Show how far the replay is and what it found; asked again by the page while it runs."""
    rows = Replay.objects.select_related("draft", "version", "against", "author").defer("upload", "changes")
    replay = get_object_or_404(rows, pk=replay_id)
    tally = Tally(replay.tally or None)
    kind = request.GET.get("kind", "")
    page = Paginator(choose(replay, kind), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "replay": replay,
        "levels": tally.levels(),
        "alarms": [per_day(number, replay) for number in tally.alarms()],
        "flagged": [per_day(number, replay) for number in tally.flagged()],
        "moved": tally.moved(),
        "groups": [(name, tally.group(name)) for name in ("channel", "language", "hour")],
        "page": page,
        "found": present_differences(list(page.object_list)),
        "kind": kind if kind in WORDS else "",
        "kinds": WORDS,
        "share": 100 * replay.done // max(1, replay.total),
        "running": replay.state == ReplayState.RUNNING,
    }
    piece = request.headers.get("HX-Target") == "replay"
    return render(request, "triage/replay_body.html" if piece else "triage/replay.html", context)


@require_POST
@only_for(can_change_rules)
def stop(request: HttpRequest, replay_id: int) -> HttpResponse:
    """End a replay where it stands."""
    get_object_or_404(Replay.objects.only("pk"), pk=replay_id)

    def deed() -> None:
        stop_replay(actor=acting(request), replay_id=replay_id)

    return perform(request, deed, "It is stopped. What it found stays here.", "replay", replay_id=replay_id)


@require_POST
@only_for(can_change_rules)
def start_shadow(request: HttpRequest, number: int) -> HttpResponse:
    """Let a version judge beside the live one."""
    version = find_version(number)

    def deed() -> None:
        begin_shadow(actor=acting(request), version_id=version.pk)

    return perform(request, deed, f"Version {number} judges in the shadow now.", "version", number=number)


@require_POST
@only_for(can_change_rules)
def stop_shadow(request: HttpRequest) -> HttpResponse:
    """Take the version out of the shadow."""
    return perform(request, lambda: end_shadow(actor=acting(request)), "The shadow is ended.", "versions")


@require_GET
@only_for(can_change_rules)
def show_shadow(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a version said otherwise while it stood in the shadow."""
    version = find_version(number)
    shadow = Shadow.objects.filter(version=version).select_related("began_by").first()
    verdicts = ShadowVerdict.objects.filter(shadow=shadow)
    differs = verdicts.exclude(before=F("after"))
    page = Paginator(differs, PAGE).get_page(request.GET.get("page"))
    context = {
        "version": version,
        "shadow": shadow,
        "looked": verdicts.count(),
        "page": page,
        "found": present_differences(list(page.object_list)),
    }
    return render(request, "triage/shadow.html", context)


def hand_out(replay: Replay) -> None:
    """Ask a worker to begin at once; when nobody hears it the sweep does a moment later."""
    try:
        tasks.replay.apply_async((replay.pk,))
    except (RedisError, OperationalError):
        return


def read_material(request: HttpRequest) -> Material:
    """Return what to replay on. TriageError when the file is too large or not text."""
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        if (upload.size or 0) > MOST_BYTES:
            raise TriageError("The file is larger than 5 MB. Take a part of it. Nothing was begun.")
        try:
            text = upload.read().decode("utf-8")
        except UnicodeDecodeError:
            raise TriageError("The file is not text in UTF-8. Nothing was begun.") from None
        if "\x00" in text:
            raise TriageError("The file holds a character that cannot be kept. Nothing was begun.")
        return Material(text=text, file_name=str(upload.name or "file"))
    given = request.POST.get("days", "")
    return Material(days=int(given) if given.isdecimal() and len(given) < 6 else 0)


def choose(replay: Replay, kind: str) -> Any:
    """Return the differences of one kind, or all."""
    rows = Difference.objects.filter(replay=replay)
    if kind == "raised":
        return rows.filter(after__gt=F("before"))
    if kind == "lowered":
        return rows.filter(after__lt=F("before"))
    if kind == "wrong":
        up = rows.filter(after__gt=F("before"), decided__lte=F("before"))
        return up | rows.filter(after__lt=F("before"), decided__gte=F("before"))
    return rows


def present_differences(rows: Sequence[Difference | ShadowVerdict]) -> list[Found]:
    """Return differences as shown, with the messages' texts (one set of queries for all)."""
    past = {one.message_id: one for one in desk_history().pick([row.message_id or 0 for row in rows])}
    return [_present(row, past.get(row.message_id or 0)) for row in rows]


def _present(row: Difference | ShadowVerdict, past: Past | None) -> Found:
    stored = row.decided if isinstance(row, Difference) else None
    decided = past.decided if past and isinstance(row, ShadowVerdict) else stored
    right = is_right(row.before, row.after, decided)
    return Found(
        text=past.facts.text if past else getattr(row, "text", ""),
        conversation_id=row.conversation_id,
        line=getattr(row, "line", None),
        before=Level(row.before),
        after=Level(row.after),
        decided="" if decided is None else Level(decided).word,
        verdict="" if right is None else "right" if right else "wrong",
        at=past.received_at if past else None,
    )


def per_day(number: int, replay: Replay) -> str:
    """Return how many that is a day, or in the file as a whole."""
    return f"{number / replay.days:.1f}" if replay.days else f"{number:,}"
