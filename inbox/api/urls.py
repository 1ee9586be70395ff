"""The API's addresses."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from inbox.api.conversations import Conversations
from inbox.api.replies import Escalations, Replies, Teams

router = SimpleRouter()
router.register("conversations", Conversations, basename="api-conversation")
router.register("replies", Replies, basename="api-reply")
router.register("escalations", Escalations, basename="api-escalation")
router.register("teams", Teams, basename="api-team")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    *router.urls,
]
