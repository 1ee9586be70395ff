"""The door at which platforms tell us that something is new: no sign-in, so a signature or nothing."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from connectors import hooks
from connectors.access import open_access
from connectors.contract import AccountAccess, HookCall, Hooked
from connectors.errors import ConnectorError
from connectors.models import Account

PLAIN = "text/plain; charset=utf-8"
log = logging.getLogger(__name__)


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class Hook(View):
    """One account's web hook: a challenge by GET, news by POST."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, hook_token: str) -> HttpResponse:
        """Prove to the platform that the address is ours; anything else is nobody's page."""
        _account, hooked, access = find_account(hook_token)
        answer = hooked.answer_challenge(access, HookCall(request.GET.dict(), read_headers(request)))
        if answer is None:
            raise Http404
        return HttpResponse(answer.body, content_type=answer.media_type)

    def post(self, request: HttpRequest, hook_token: str) -> HttpResponse:
        """Keep what a genuine call says, and only then say yes (quality, failure 10)."""
        account, hooked, access = find_account(hook_token)
        body = request.read(hooks.MOST_BYTES + 1)
        if len(body) > hooks.MOST_BYTES:
            return HttpResponse("Too large.", status=413, content_type=PLAIN)
        if not hooked.is_genuine(access, HookCall(request.GET.dict(), read_headers(request), body)):
            log.warning("A call at the web hook of account %s was not signed rightly.", account.pk)
            return HttpResponse("The signature is not right.", status=403, content_type=PLAIN)
        hooks.keep_payload(account, body)
        return HttpResponse("Kept.", content_type=PLAIN)


def find_account(hook_token: str) -> tuple[Account, Hooked, AccountAccess]:
    """Return the account behind the address. Raises Http404 where there is none that can be told anything."""
    account = Account.objects.filter(hook_token=hook_token).first()
    try:
        hooked = hooks.find_hooked(account) if account else None
        if account is None or hooked is None:
            raise Http404
        return account, hooked, open_access(account)
    except ConnectorError as error:
        raise Http404 from error


def read_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers with their names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}
