"""Production does not start unsafe: it names the setting that is missing or wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from desk import demo_guard
from desk.environment import read_database, read_flag, read_number, read_text
from desk.local.found import BASE_DIR
from desk.logs import scrub
from tests.factories import make_member

SAFE = {
    "DESK_MODE": "production",
    "DATABASE_URL": "postgresql://desk:pw@db/desk",
    "REDIS_URL": "redis://redis/0",
    "SECRET_KEY": "k" * 60,
    "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "desk.example.org",
    "PUBLIC_URL": "https://desk.example.org",
}


def start(**changes: str | None) -> tuple[int, str]:
    """Read the settings in a process of its own; return its status and its last line."""
    env = {"PATH": os.environ["PATH"], **{k: v for k, v in {**SAFE, **changes}.items() if v is not None}}
    done = subprocess.run(
        [sys.executable, "-c", "import desk.settings"],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip().splitlines()[-1] if done.stderr else ""


def test_safe_settings_are_taken():
    assert start() == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SECRET_KEY", None, "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "SECRET_KEY must be at least 50"),
        ("CREDENTIAL_KEYS", None, "CREDENTIAL_KEYS is not set"),
        ("DATABASE_URL", None, "DATABASE_URL is not set"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must look like"),
        ("REDIS_URL", None, "REDIS_URL is not set"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name"),
        ("DEBUG", "yes", "DEBUG is on"),
        ("DEBUG", "perhaps", "DEBUG must be yes or no"),
        ("POLL_SECONDS", "soon", "POLL_SECONDS must be a whole number"),
        ("DESK_MODE", "fast", "DESK_MODE must be"),
    ],
)
def test_what_is_missing_or_unsafe_stops_the_start_by_name(name: str, value: str | None, word: str):
    status, last = start(**{name: value})
    assert status != 0
    assert word in last


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    secret = tmp_path / "key"
    secret.write_text("s" * 60 + "\n")
    assert start(SECRET_KEY=None, SECRET_KEY_FILE=str(secret)) == (0, "")
    status, last = start(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "none"))
    assert status != 0
    assert "cannot be read" in last


@pytest.mark.django_db
def test_demo_sign_ins_stop_production_and_nothing_else():
    member = make_member("Demo")
    with override_settings(PRODUCTION=True):
        demo_guard.refuse_demo_members()
        member.is_demo = True
        member.save()
        with pytest.raises(ImproperlyConfigured, match="demo sign-ins"):
            demo_guard.refuse_demo_members()
        assert [error.id for error in demo_guard.check_demo_members(databases=["default"])] == ["desk.E001"]
    demo_guard.refuse_demo_members()


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("GET /v26.0/me?access_token=abc123&fields=id", "abc123"),
        ("Authorization: Bearer abc123", "abc123"),
        ('{"refresh_token": "abc123"}', "abc123"),
        ("password=abc123 next", "abc123"),
        ("redis://:abc123@127.0.0.1:6379/0", "abc123"),
        ("postgresql://desk:abc123@db/desk", "abc123"),
        ("appsecret_proof=abc123", "abc123"),
    ],
)
def test_logs_hold_no_secret(line: str, hidden: str):
    assert hidden not in scrub(line)


def test_settings_are_read_in_their_kinds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk:p%40ss@db:5433/desk%20one")
    read = read_database()
    assert (read["NAME"], read["PASSWORD"], read["PORT"]) == ("desk one", "p@ss", "5433")
    monkeypatch.setenv("A_FLAG", "On")
    assert read_flag("A_FLAG")
    monkeypatch.setenv("A_NUMBER", "3")
    with pytest.raises(ImproperlyConfigured, match="at least 5"):
        read_number("A_NUMBER", 9, at_least=5)
    with pytest.raises(ImproperlyConfigured, match="NOWHERE is not set"):
        read_text("NOWHERE")
