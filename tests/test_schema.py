"""The schema itself."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_spoken_to_by_the_chosen_driver():
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("on",)
    assert type(connection.connection).__module__.startswith("psycopg2")
