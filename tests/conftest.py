"""What most tests need: people at work."""

import pytest

from staff.models import Member, Role
from tests.factories import make_member


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
