"""The addresses of the pages about staff and of the trail."""

from django.urls import path

from staff.views import me, members, sign_in, trail

urlpatterns = [
    path("login/", sign_in.sign_in, name="login"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("presence/", me.set_presence, name="presence"),
    path("theme/", me.set_theme, name="theme"),
    path("staff/", members.list_members, name="members"),
    path("staff/add/", members.add_member, name="member-add"),
    path("staff/<int:member_id>/", members.change_member, name="member"),
    path("staff/<int:member_id>/end/", members.end_access, name="member-end"),
    path("staff/<int:member_id>/password/", members.renew_password, name="member-password"),
    path("password/", members.change_password, name="own-password"),
    path("trail/", trail.show_trail, name="trail"),
    path("trail/check/", trail.check_trail, name="trail-check"),
]
