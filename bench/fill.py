"""Fill the store with invented conversations, by SQL, so that a figure at 100,000 is one at 100,000."""

from pathlib import Path

from django.db import connection

WORDS = (
    "noise car door street light purse lost found phone garden neighbour shouting music police help "
    "please road blocked fence broken window bike stolen shop school child dog park bench train station "
    "bus driver fast slow night morning again report number online form wait answer thanks crime "
    "reference insurance witness camera parking licence event meeting officer beat visit leaflet scam "
    "email bank card letter parcel flat stairs bin fire smoke alarm water river bridge field farm sheep "
    "tractor lane village market town centre hotel party glass "
).split()


def fill_store(account_id: int, channel: str, until: int) -> int:
    """Fill up to `until` conversations of two messages each, let PostgreSQL take stock; return how many."""
    statements = Path(__file__).with_name("fill.sql").read_text(encoding="utf-8").split(";\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbox_conversation WHERE thread_key LIKE 'bench-%'")
        present = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = 0")
        values = {
            "a": present + 1,
            "b": until,
            "account": account_id,
            "channel": channel,
            "words": WORDS[:80],
        }
        for statement in filter(str.strip, statements):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM inbox_conversation")
        return int(cursor.fetchone()[0])
