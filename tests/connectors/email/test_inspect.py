"""`manage.py inspect_mail` prints what the desk reads, one JSON line a mail."""

import json
from io import StringIO

from django.core.management import call_command

from tests.connectors.email.letters import write_mail

FIELDS = [
    "file",
    "from_name",
    "from_address",
    "to",
    "cc",
    "subject",
    "date",
    "message_id",
    "in_reply_to",
    "references",
    "text",
    "reply_text",
    "attachments",
    "automatic",
    "bounce",
    "problems",
]


def inspect(*paths):
    out = StringIO()
    call_command("inspect_mail", *map(str, paths), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_file_gets_one_line_with_all_fields_in_their_order(tmp_path):
    good, broken = tmp_path / "good.eml", tmp_path / "broken.eml"
    body = "It was red.\r\n\r\nOn 22 Nov 2026, Police <d@n.example> wrote:\r\n> Which colour?"
    good.write_bytes(
        write_mail("In-Reply-To: <0@n.example>", "References: <r@n.example> <0@n.example>", body=body)
    )
    broken.write_bytes(b"\x00\xff\xfe")
    lines = inspect(good, broken, tmp_path / "missing.eml")
    assert [list(line) for line in lines] == [FIELDS] * 3
    first = lines[0]
    assert (first["from_name"], first["from_address"]) == ("Jo M.", "jo@town.example")
    assert first["reply_text"] == "It was red."
    assert first["text"].endswith("> Which colour?")
    assert first["in_reply_to"] == "<0@n.example>"
    assert first["references"] == ["<r@n.example>", "<0@n.example>"]
    assert (first["automatic"], first["bounce"], first["problems"]) == (False, None, [])
    assert lines[2]["problems"]


def test_files_and_bounces_are_described(tmp_path):
    report = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; jo@town.example\r\nAction: failed"
        "\r\nStatus: 5.2.2\r\n"
        "--b\r\nContent-Type: image/png; name=a.png\r\n\r\n1234\r\n--b--"
    )
    path = tmp_path / "bounce.eml"
    path.write_bytes(write_mail("Content-Type: multipart/report; boundary=b", body=report))
    (line,) = inspect(path)
    assert line["automatic"] is True
    assert (line["bounce"]["recipient"], line["bounce"]["status"]) == ("jo@town.example", "5.2.2")
    assert line["attachments"] == [{"name": "a.png", "type": "image/png", "size": 4}]
