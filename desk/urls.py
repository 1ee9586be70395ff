"""Every address of the desk."""

from django.urls import include, path

from desk.strip import show_strip

urlpatterns = [
    path("", include("inbox.urls")),
    path("strip/", show_strip, name="strip"),
    path("", include("staff.urls")),
    path("", include("triage.urls")),
    path("", include("connectors.urls")),
    path("health/", include("desk.health")),
    path("api/v1/", include("connectors.api")),
    path("api/v1/", include("inbox.api.urls")),
]

handler400 = "desk.errors.bad_request"
handler403 = "desk.errors.forbidden"
handler404 = "desk.errors.not_found"
handler500 = "desk.errors.server_error"
