"""The way every call to a platform goes: read, admit, fault, answer, journal, wire."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sandbox.faults import Fault
from sandbox.serving import call as calls
from sandbox.serving.call import Admission, Answer, Call, Refused
from sandbox.serving.spoil import spoiled
from sandbox.serving.wire import INSTEAD, Wire
from sandbox.world import World

Handler = Callable[[Call], Answer]


class Platform(Protocol):
    """What differs between X and Graph at the door."""

    world: World
    channel: str

    def admit(self, call: Call, operation: str) -> Admission:
        """Check credentials and limits."""

    def failure(self, fault: Fault) -> Answer:
        """The platform's own words for the status of a fault."""

    def bad_body(self, sentence: str) -> Answer:
        """The platform's own words for a body that cannot be read."""


class Door:
    """An ASGI endpoint for one operation. All work on the world is one transaction, without a pause."""

    def __init__(self, platform: Platform, operation: str, handler: Handler) -> None:
        self._platform = platform
        self._operation = operation
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            call = await calls.read(request)
        except calls.BadBody as error:
            await Wire(self._platform.bad_body(str(error)), None)(scope, receive, send)
            return
        answer, fault = self._work(call)
        await Wire(answer, fault)(scope, receive, send)

    def _work(self, call: Call) -> tuple[Answer, Fault | None]:
        """The answer, and the fault its wire still has to suffer."""
        world = self._platform.world
        with world.store.transaction():
            admission = self._platform.admit(call, self._operation)
            if admission.refusal is not None:
                answer: Answer = admission.refusal
                fault = None
            else:
                call = replace(call, account=admission.account)
                fault = self._fault(admission)
                answer = self._answered(call, fault)
            answer = replace(answer, headers={**admission.headers, **answer.headers})
            self._journal(call, answer, fault)
        return answer, fault

    def _fault(self, admission: Admission) -> Fault | None:
        account = None if admission.account is None else admission.account.id
        return self._platform.world.faults.take(self._platform.channel, self._operation, account)

    def _answered(self, call: Call, fault: Fault | None) -> Answer:
        if fault is None:
            return self._handled(call)
        if fault.fault in INSTEAD:
            return self._platform.failure(fault)
        return spoiled(self._handled(call), fault)

    def _handled(self, call: Call) -> Answer:
        try:
            return self._handler(call)
        except Refused as refused:
            return refused.answer

    def _journal(self, call: Call, answer: Answer, fault: Fault | None) -> None:
        account = None if call.account is None else call.account.id
        data: dict[str, Any] = {
            "operation": self._operation,
            "account": account,
            "method": call.method,
            "path": call.url.partition("://")[2].partition("/")[2],
            "query": call.public_query(),
            "status": answer.status,
            **answer.note,
        }
        if fault is not None:
            data["fault"] = fault.fault
        kind = "refused" if answer.status >= 400 else "served" if call.method == "GET" else "accepted"
        self._platform.world.journal.add(kind, self._platform.channel, data)
