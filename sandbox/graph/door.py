"""The Graph API at the door: tokens, usage headers, versions."""

import secrets
from dataclasses import replace
from typing import Any

from sandbox.accounts import FACEBOOK
from sandbox.faults import Fault
from sandbox.graph import errors
from sandbox.graph.tokens import APP_TOKEN, USER_TOKEN, Tokens
from sandbox.graph.usage import Usage
from sandbox.serving.call import Admission, Answer, Call
from sandbox.world import World

_FREE = frozenset({"debug_token", "oauth_access_token"})
"""Operations that look at tokens themselves."""

_FOR_PEOPLE = frozenset({"accounts", "object"})
"""Operations open to the token of the person who connects the pages."""


class GraphPlatform:
    """What `serving.Door` asks of the Graph API."""

    channel = FACEBOOK

    def __init__(self, world: World, usage: Usage) -> None:
        self.world = world
        self.tokens = Tokens(world)
        self._usage = usage

    def admit(self, call: Call, operation: str) -> Admission:
        headers = {"facebook-api-version": call.path["version"], "x-fb-trace-id": secrets.token_urlsafe(8)}
        if operation in _FREE:
            return Admission(headers=headers)
        token = _token(call)
        if not token:
            return Admission(refusal=errors.no_token(), headers=headers)
        if not self.tokens.proven(call, token):
            refusal = errors.error(100, "Invalid appsecret_proof provided in the API argument")
            return Admission(refusal=refusal, headers=headers)
        if token in (APP_TOKEN, USER_TOKEN) and operation in _FOR_PEOPLE:
            return Admission(headers=headers)
        return self._admit_page(token, headers)

    def failure(self, fault: Fault) -> Answer:
        answer = errors.of_fault(fault)
        body: Any = answer.body
        if isinstance(body, dict) and body.get("error", {}).get("code") in (4, 17, 32, 613, 80001, 80006):
            return replace(answer, headers=self._usage.full(fault.seconds(60)))
        return answer

    def bad_body(self, sentence: str) -> Answer:
        return errors.error(100, f"(#100) {sentence}")

    def _admit_page(self, token: str, headers: dict[str, str]) -> Admission:
        page = self.tokens.page(token)
        how = None if page is None else self.world.accounts.broken_token(page)
        if page is None or how is not None:
            return Admission(account=page, refusal=errors.bad_token(how), headers=headers)
        fine, usage = self._usage.take(page.id, self.world.clock.now())
        refusal = None if fine else errors.throttled()
        return Admission(account=page, refusal=refusal, headers={**headers, **usage})


def _token(call: Call) -> str:
    given = call.value("access_token")
    if given:
        return str(given)
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() in ("bearer", "oauth") else ""
