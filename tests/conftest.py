"""What most tests need: people at work."""

from collections.abc import Iterator

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

from staff.models import Member, Role
from tests.factories import make_member
from triage import serving


@pytest.fixture(scope="session", autouse=True)
def emptying_between_tests() -> Iterator[None]:
    """Let the test runner empty the tables: the trail's own triggers refuse a TRUNCATE, as they should."""
    plain = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        around = ["SET session_replication_role = replica", *sql_list, "RESET session_replication_role"]
        plain(self, around)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(autouse=True)
def asking_anew_what_is_live() -> None:
    """Let every test see its own live rules: a process otherwise remembers them for half a second."""
    serving.forget()


@pytest.fixture
def operator(db) -> Member:
    """An operator called Ola."""
    return make_member("Ola Operator")


@pytest.fixture
def supervisor(db) -> Member:
    """A supervisor called Sue."""
    return make_member("Sue Supervisor", Role.SUPERVISOR)


@pytest.fixture
def auditor(db) -> Member:
    """An auditor called Aud."""
    return make_member("Aud Auditor", Role.AUDITOR)
