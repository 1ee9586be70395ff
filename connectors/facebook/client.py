"""Calls to the Graph API by facebook-sdk, with its faults mended (contract section 2.1)."""

import hashlib
import hmac
import json
from typing import Any

import facebook
import requests

from connectors.contract import AccountAccess
from connectors.errors import ConnectorError, RateLimited, Transient, UnknownOutcome
from connectors.facebook.config import API_HOSTS, NAME, STOP_AT, VERSION
from connectors.facebook.refusals import explain_refusal, read_percent, read_regain
from connectors.faults import BrokenAnswer, explain_network
from connectors.http import GuardedSession, open_session
from connectors.reading import read_dict

# A form's field to a file's name, bytes and media type.
Files = dict[str, tuple[str, bytes, str]]


class Client:
    """One Page's way to the Graph API for the length of one poll or one reply."""

    def __init__(self, access: AccountAccess) -> None:
        self.access = access
        self.session: GuardedSession = open_session(API_HOSTS)
        self.graph = facebook.GraphAPI(access.secrets["page_token"], session=self.session)
        # The library knows versions up to 3.1 only and refuses others as an argument.
        self.graph.version = VERSION

    @property
    def page_id(self) -> str:
        """Return our Page's id, learned when it was connected."""
        return str(self.access.config["page_id"])

    @property
    def text(self) -> str:
        """Return the last answer as it came."""
        last = self.session.wire.last
        return last.content.decode("utf-8", "replace") if last is not None else ""

    def read(self, path: str, **args: Any) -> dict[str, Any]:
        """Make a reading call and return its JSON. Raises RateLimited before the allowance is used up."""
        percent = self.usage_percent()
        if percent >= STOP_AT:
            until = read_regain(self.session.wire.last)
            raise RateLimited(f"{percent} % of what Facebook allows is used.", until=until, code="usage")
        return self.ask(path, args, None)

    def write(self, path: str, files: Files | None = None, **fields: Any) -> dict[str, Any]:
        """Make a writing call; objects are sent as JSON, which the library would garble."""
        plain = {
            name: json.dumps(value) if isinstance(value, dict | list) else value
            for name, value in fields.items()
        }
        return self.ask(path, {}, plain, files)

    def remove(self, path: str) -> dict[str, Any]:
        """Make a call that takes something away."""
        return self.ask(path, {}, None, method="DELETE")

    def ask(
        self,
        path: str,
        args: dict[str, Any],
        fields: dict[str, Any] | None,
        files: Files | None = None,
        method: str = "GET",
    ) -> dict[str, Any]:
        """Call, and turn whatever is not a success into one of connectors.errors."""
        writing = fields is not None or method != "GET"
        target = fields if fields is not None else args
        target.update(self.prove())
        try:
            answer = self.graph.request(
                f"{VERSION}/{path}", args, post_args=fields, files=files, method=method
            )
        except facebook.GraphAPIError as error:
            raise self.explain(error, writing=writing) from None
        except (requests.exceptions.JSONDecodeError, ValueError, KeyError, RecursionError):
            raise self.explain_broken(writing=writing) from None
        except (requests.RequestException, OSError) as error:
            raise explain_network(error, writing=writing, name=NAME) from None
        # The library takes a 503 with the body {} for a success.
        last = self.session.wire.last
        if not isinstance(answer, dict) or last is None or last.status_code >= 400:
            raise self.explain_broken(writing=writing)
        return answer

    def explain(self, error: facebook.GraphAPIError, *, writing: bool) -> ConnectorError:
        """Return the meaning of the library's error; an HTML page reaches it as a mere sentence."""
        found = read_dict(error.result, "error") if isinstance(error.result, dict) else {}
        if not found:
            return self.explain_broken(writing=writing)
        return explain_refusal(found, self.session.wire.last, writing=writing)

    def explain_broken(self, *, writing: bool) -> ConnectorError:
        """Return the meaning of an answer that makes no sense: a fault of theirs, or bytes to look at."""
        last = self.session.wire.last
        status = last.status_code if last is not None else 0
        if writing:
            return UnknownOutcome(
                "Facebook did not answer clearly, so it may have gone out.", code=str(status)
            )
        if status >= 400:
            return Transient("Facebook has a fault of its own.", code=str(status))
        return BrokenAnswer(
            "Facebook sent an answer that cannot be read.", raw=last.content if last is not None else b""
        )

    def prove(self) -> dict[str, str]:
        """Return the proof that the app's secret is ours, which an app can demand."""
        secret = self.access.secrets.get("app_secret")
        if not secret:
            return {}
        token = self.access.secrets["page_token"].encode()
        return {"appsecret_proof": hmac.new(secret.encode(), token, hashlib.sha256).hexdigest()}

    def usage_percent(self) -> int:
        """Return how much of the allowance the last answer said was used."""
        return read_percent(self.session.wire.last)
