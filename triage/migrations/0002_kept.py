"""Keep versions, changes and activations as they were written, and let only a checked version go live."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION triage_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what was published stays as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION triage_check_activation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked triage_ask%ROWTYPE;
    present bigint;
BEGIN
    SELECT version_id INTO present FROM triage_live WHERE id = 1;
    IF NEW.kind = 'forward' THEN
        SELECT * INTO asked FROM triage_ask WHERE id = NEW.ask_id;
        IF NOT FOUND OR asked.version_id <> NEW.version_id OR asked.asked_by_id <> NEW.by_id
            OR asked.against_id IS DISTINCT FROM present
            OR jsonb_array_length(asked.lost) <> NEW.lost_count
        THEN
            RAISE EXCEPTION 'a version goes live only as it was asked for and looked at'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF NEW.kind = 'back' THEN
        IF NOT EXISTS (SELECT 1 FROM triage_activation WHERE version_id = NEW.version_id) THEN
            RAISE EXCEPTION 'a version that was never live is no way back'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION triage_check_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM triage_activation
        WHERE id = NEW.activation_id AND version_id = NEW.version_id
            AND id = (SELECT max(id) FROM triage_activation)
    ) THEN
        RAISE EXCEPTION 'what judges changes only with an activation of its own'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER triage_snapshot_kept BEFORE UPDATE OR DELETE ON triage_snapshot
    FOR EACH ROW EXECUTE FUNCTION triage_refuse();
CREATE TRIGGER triage_version_kept BEFORE UPDATE OR DELETE ON triage_version
    FOR EACH ROW EXECUTE FUNCTION triage_refuse();
CREATE TRIGGER triage_change_kept BEFORE UPDATE OR DELETE ON triage_change
    FOR EACH ROW EXECUTE FUNCTION triage_refuse();
CREATE TRIGGER triage_activation_kept BEFORE UPDATE OR DELETE ON triage_activation
    FOR EACH ROW EXECUTE FUNCTION triage_refuse();
CREATE TRIGGER triage_activation_checked BEFORE INSERT ON triage_activation
    FOR EACH ROW EXECUTE FUNCTION triage_check_activation();
CREATE TRIGGER triage_live_checked BEFORE INSERT OR UPDATE ON triage_live
    FOR EACH ROW EXECUTE FUNCTION triage_check_live();
CREATE TRIGGER triage_live_kept BEFORE DELETE ON triage_live
    FOR EACH ROW EXECUTE FUNCTION triage_refuse();
"""

BACKWARD = """
DROP TRIGGER triage_snapshot_kept ON triage_snapshot;
DROP TRIGGER triage_version_kept ON triage_version;
DROP TRIGGER triage_change_kept ON triage_change;
DROP TRIGGER triage_activation_kept ON triage_activation;
DROP TRIGGER triage_activation_checked ON triage_activation;
DROP TRIGGER triage_live_checked ON triage_live;
DROP TRIGGER triage_live_kept ON triage_live;
DROP FUNCTION triage_check_live();
DROP FUNCTION triage_check_activation();
DROP FUNCTION triage_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_versions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
