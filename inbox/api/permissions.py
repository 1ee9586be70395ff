"""Who may call the inbox's API at all: asked before anything that was sent is looked at."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from staff.permissions import can_work_inbox


class WorksInInbox(BasePermission):
    """Only those who work the inbox may change anything; the services ask again what exactly."""

    message = "You may not do that. Nothing was changed."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Say whether this member may change anything here; what may be read, the loaders decide."""
        return request.user.is_authenticated and (
            request.method in SAFE_METHODS or can_work_inbox(request.user)
        )
