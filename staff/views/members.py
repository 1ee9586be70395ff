"""The admin's pages about staff, and everybody's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff import services
from staff.forms import MemberForm, PasswordForm
from staff.guards import acting, only_for
from staff.models import Member
from staff.permissions import can_manage_staff


@require_GET
@only_for(can_manage_staff)
def list_members(request: HttpRequest) -> HttpResponse:
    """List everybody: those with access first."""
    members = Member.objects.order_by("-is_active", "role", "name")
    return render(request, "staff/members.html", {"members": members})


@never_cache
@require_http_methods(["GET", "POST"])
@only_for(can_manage_staff)
def add_member(request: HttpRequest) -> HttpResponse:
    """Add a member; the password is on the answer and nowhere else."""
    form = MemberForm(request.POST or None)
    if form.is_valid():
        try:
            member, password = services.add_member(actor=acting(request), new=form.read())
        except services.StaffError as problem:
            form.add_error(None, str(problem))
        else:
            return render(request, "staff/password.html", {"member": member, "password": password})
    return render(request, "staff/member_form.html", {"form": form, "member": None})


@require_http_methods(["GET", "POST"])
@only_for(can_manage_staff)
def change_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Change what a member is."""
    member = get_object_or_404(Member, pk=member_id)
    start = {
        "username": member.username,
        "name": member.name,
        "role": member.role,
        "email": member.email,
        "skills": ", ".join(member.skills),
        "in_training": member.in_training,
    }
    form = MemberForm(request.POST or None, initial=start)
    form.fields["username"].required = False
    form.fields["username"].disabled = True
    if form.is_valid():
        try:
            services.change_member(actor=acting(request), member_id=member.pk, new=form.read())
        except services.StaffError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{form.cleaned_data['name']} is changed.")
            return redirect("members")
    return render(request, "staff/member_form.html", {"form": form, "member": member})


@require_POST
@only_for(can_manage_staff)
def end_access(request: HttpRequest, member_id: int) -> HttpResponse:
    """End a member's access; their next request is refused."""
    get_object_or_404(Member, pk=member_id)
    try:
        member = services.end_access(actor=acting(request), member_id=member_id)
    except services.StaffError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{member.name} cannot sign in any more. What they did stays in the trail.")
    return redirect("members")


@never_cache
@require_POST
@only_for(can_manage_staff)
def renew_password(request: HttpRequest, member_id: int) -> HttpResponse:
    """Give a member a new password, and access again where it had ended."""
    get_object_or_404(Member, pk=member_id)
    member, password = services.give_access_back(actor=acting(request), member_id=member_id)
    return render(request, "staff/password.html", {"member": member, "password": password})


@never_cache
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions of the same member end."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        clean = form.cleaned_data
        member = acting(request)
        try:
            services.change_password(actor=member, old=clean["old"], new=clean["new"])
        except services.StaffError as problem:
            form.add_error(None, str(problem))
        else:
            update_session_auth_hash(request, member)
            messages.success(
                request, "Your password is changed. Other places where you were signed in are closed."
            )
            return redirect("own-password")
    return render(request, "staff/own_password.html", {"form": form})
