"""Note a reading in one round trip: ask whether it was noted lately, lock the head, ask again, append."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_saw(
    reader_id bigint, reader_name text, kind text, number bigint, again_after interval
) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    FOR attempt IN 1..2 LOOP
        IF EXISTS (
            SELECT 1 FROM audit_entry
            WHERE actor_id = reader_id AND subject_kind = kind AND subject_id = number AND verb = 'seen'
                AND at > clock_timestamp() - again_after
        ) THEN
            RETURN NULL;
        END IF;
        IF attempt = 1 THEN
            -- Two windows of one reader: the second waits here and then finds the first one's entry.
            PERFORM 1 FROM audit_head WHERE id = 1 FOR UPDATE;
        END IF;
    END LOOP;
    RETURN audit_append(reader_id, reader_name, 'seen', kind, number, '{}');
END
$$;
"""

BACKWARD = "DROP FUNCTION audit_saw(bigint, text, text, bigint, interval);"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
