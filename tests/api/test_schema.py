"""The schema is true: what the API answers is what the schema says."""

import json

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from rest_framework.authtoken.models import Token

from inbox.models import Team
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(operator):
    client = Client()
    client.force_login(operator)
    answer = client.get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    return json.loads(answer.content)


def check(schema, name, value):
    """Validate a value against a named part of the OpenAPI document (with 3.0's nullable)."""

    def turn(part):
        if isinstance(part, list):
            return [turn(one) for one in part]
        if not isinstance(part, dict):
            return part
        plain = {key: turn(one) for key, one in part.items() if key != "nullable"}
        return {"anyOf": [plain, {"type": "null"}]} if part.get("nullable") else plain

    whole = {"$ref": f"#/components/schemas/{name}", "components": turn(schema["components"])}
    Draft202012Validator(whole).validate(value)


def test_what_is_answered_is_what_the_schema_says(client, operator, schema):
    Team.objects.create(name="Control room", email="room@force.example")
    token = Token.objects.create(user=operator).key
    headers = {"Authorization": f"Token {token}"}
    path = f"/api/v1/conversations/{make_conversation().pk}/"

    def post(deed, body=None):
        answer = client.post(f"{path}{deed}/", body or {}, content_type="application/json", headers=headers)
        return answer.json()

    check(schema, "ClaimShown", post("claim"))
    check(schema, "ReplyShown", post("reply", {"text": "x", "visibility": "public"}))
    check(schema, "NoteShown", post("note", {"text": "x"}))
    check(schema, "EscalationShown", post("escalate", {"team": "Control room", "text": "x"}))
    check(schema, "ErrorShown", post("resolve", {"outcome": "answered"}))
    check(schema, "ConversationWhole", client.get(path, headers=headers).json())
    page = client.get("/api/v1/conversations/", headers=headers).json()
    check(schema, "ConversationShown", page["results"][0])


def test_every_deed_stands_in_the_schema(schema):
    for deed in ("claim", "release", "reply", "note", "escalate", "resolve", "urgency", "reopen", "assign"):
        assert f"/api/v1/conversations/{{id}}/{deed}/" in schema["paths"]


def test_the_list_is_described_as_results_next_and_previous(schema):
    operation = schema["paths"]["/api/v1/conversations/"]["get"]
    body = operation["responses"]["200"]["content"]["application/json"]["schema"]
    name = body["$ref"].rsplit("/", 1)[1]
    assert set(schema["components"]["schemas"][name]["properties"]) >= {"results", "next", "previous"}
