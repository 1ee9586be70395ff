"""The addresses of the shift board, and of the page on which a team acknowledges."""

from django.urls import path

from inbox.views import acknowledge, shift

urlpatterns = [
    path("shift/", shift.show_board, name="shift"),
    path("shift/assign/<int:conversation_id>/", shift.assign, name="shift-assign"),
    path("shift/announce/", shift.announce, name="shift-announce"),
    path(
        "shift/announcements/<int:announcement_id>/end/",
        shift.end_announcement,
        name="shift-announcement-end",
    ),
    path("shift/hand-over/", shift.hand_over, name="shift-hand-over"),
    path("acknowledge/<str:token>/", acknowledge.acknowledge, name="acknowledge"),
]
