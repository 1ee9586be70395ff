"""Nothing leaves the desk but through the one outbound client: by rule, and as seen on the wire."""

import socket
import traceback
from pathlib import Path

import pytest
from django.conf import settings as project
from django.utils import timezone

from connectors.access import open_access
from connectors.delivery import deliver_reply
from connectors.models import Account
from connectors.registry import find_connector
from desk.local.house_rules import list_files
from desk.local.outbound import find_bypasses
from inbox.models import Conversation, Reply
from inbox.services.reply import ReplyRequest, reply
from tests.connectors.conftest import connect, poll_now
from tests.sandbox_process import sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
HERE = "connectors/twitter/new.py"

BYPASSES = {
    "a plain call": "import requests\nrequests.get('https://x.com')",
    "under another name": "import requests as r\nr.post('https://x.com')",
    "a function by itself": "from requests import get\nget('https://x.com')",
    "a session of its own": "import requests\nwith requests.Session() as one:\n    one.get('https://x.com')",
    "inside a function": "def fetch():\n    import requests\n    return requests.request('GET', 'x')",
    "the standard library": "import urllib.request\nurllib.request.urlopen('https://x.com')",
    "another library": "import httpx\n",
    "part of another library": "from urllib3 import PoolManager\n",
    "http.client": "from http import client\n",
    "a socket": "import socket\nsocket.create_connection(('x.com', 443))",
    "mail past the wire": "import imaplib\nimaplib.IMAP4_SSL('mail.example.org')",
    "post past the wire": "from smtplib import SMTP\nSMTP('mail.example.org')",
    "Facebook's own session": "import facebook\nfacebook.GraphAPI('token')",
    "X's own session": "import tweepy\ntweepy.Client('token').get_me()",
    "Microsoft's own session": "import msal\nmsal.ConfidentialClientApplication('id')",
}


@pytest.mark.parametrize("way", BYPASSES)
def test_a_way_round_the_one_client_is_found(way):
    assert find_bypasses(HERE, BYPASSES[way]), way


def test_what_goes_through_the_client_is_no_breach():
    fair = (
        "import requests, facebook, tweepy\n"
        "from connectors.http import open_session\n"
        "def go():\n"
        "    session = open_session(['x.com'])\n"
        "    graph = facebook.GraphAPI('t', session=session)\n"
        "    client = tweepy.Client('t')\n"
        "    client.session = session\n"
        "    try:\n"
        "        return session.get('https://x.com')\n"
        "    except requests.RequestException:\n"
        "        return None\n"
    )
    assert find_bypasses(HERE, fair) == []


def test_no_file_of_the_desk_goes_round_it():
    root = Path(project.BASE_DIR)
    code = [path for path in list_files() if path.suffix == ".py"]
    breaches = [
        breach
        for path in code
        for breach in find_bypasses(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ]
    assert breaches == []


@pytest.mark.django_db
@pytest.mark.parametrize("channel", project.CHANNELS)
def test_every_connection_of_a_whole_journey_is_made_by_the_client_or_the_mails_wire(
    channel, sandbox, operator, monkeypatch
):
    """Connect, collect, answer and look for the answer, with every connect() of the process looked at."""
    real = socket.socket.connect
    strangers: list[str] = []
    made: list[object] = []

    def look(self, address):
        stack = "".join(traceback.format_stack())
        if isinstance(address, tuple) and address[1] in ports:
            made.append(address)
            if "connectors/http.py" not in stack and "connectors/email/wire.py" not in stack:
                strangers.append(stack)
        return real(self, address)

    town = int(sandbox.url.rpartition(":")[2])
    ports = {town, sandbox.imap_port, sandbox.smtp_port}
    account = connect(channel)
    write_something(sandbox, channel)
    monkeypatch.setattr(socket.socket, "connect", look)
    poll_now(account)
    conversation = Conversation.objects.get()
    request = ReplyRequest(
        text="We are here.",
        visibility=conversation.visibility,
        key="k",
        seen_version=conversation.version,
        fence=None,
    )
    row = reply(actor=operator, conversation_id=conversation.pk, request=request)
    Reply.objects.filter(pk=row.pk).update(not_before=timezone.now())
    assert deliver_reply(row.pk)
    find_connector(channel).check(open_access(Account.objects.get(pk=account.pk)))
    assert made, "the journey made no connection at all, so nothing was looked at"
    assert strangers == []


def write_something(sandbox, channel):
    from connectors.demo import find_demo

    demo = find_demo(channel)
    assert demo
    sandbox.post(demo.town, author="Jo M.", text="Is anybody there?")
