"""How the accounts are, for scripts: the words that supervisors read, never a setting or a secret."""

from typing import Any

from django.urls import path
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from connectors.health import describe_health
from connectors.models import Account
from inbox.api.base import ERRORS, get_member
from inbox.errors import NotAllowed
from staff.permissions import can_see_accounts


class HealthShown(serializers.Serializer[Any]):
    """How an account is: `word` for scripts, `sentence` for people."""

    word = serializers.CharField()
    ok = serializers.BooleanField()
    sentence = serializers.CharField()
    detail = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)


class AccountHealthShown(serializers.Serializer[Any]):
    """One of our identities on a channel, and how it is."""

    id = serializers.IntegerField()
    channel = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    state = serializers.CharField()
    health = HealthShown()
    last_collected_at = serializers.DateTimeField(allow_null=True)
    last_item_at = serializers.DateTimeField(allow_null=True)
    limited_until = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField()


class AccountPage(serializers.Serializer[Any]):
    """All accounts: they fit on one page."""

    results = AccountHealthShown(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


PAGE = {200: forced_singular_serializer(AccountPage), **ERRORS}  # type: ignore[no-untyped-call]


class AccountsHealth(APIView):
    """The accounts' health."""

    @extend_schema(responses=PAGE, operation_id="list_accounts")
    def get(self, request: Request) -> Response:
        """List all accounts with their health."""
        if not can_see_accounts(get_member(request)):
            raise NotAllowed("You may not see the accounts.")
        accounts = list(Account.objects.defer("secrets", "cursor", "config"))
        for account in accounts:
            vars(account)["health"] = describe_health(account)
        rows = AccountHealthShown(accounts, many=True).data
        return Response({"results": rows, "next": None, "previous": None})


urlpatterns = [path("accounts/", AccountsHealth.as_view(), name="api-accounts")]
