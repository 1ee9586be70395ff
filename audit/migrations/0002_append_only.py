"""Make the trail append-only in the database itself, and give it the one function that appends."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_piece(value text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT int4send(octet_length(piece)) || piece
    FROM (SELECT convert_to(coalesce(value, ''), 'UTF8') AS piece) AS bytes
$$;

CREATE FUNCTION audit_hash(
    previous bytea, id bigint, at timestamptz, actor_id bigint, actor_name text, verb text,
    subject_kind text, subject_id bigint, details text
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(
        previous || audit_piece(id::text)
        || audit_piece((extract(epoch FROM at) * 1000000)::bigint::text)
        || audit_piece(actor_id::text) || audit_piece(actor_name) || audit_piece(verb)
        || audit_piece(subject_kind) || audit_piece(subject_id::text) || audit_piece(details)
    )
$$;

CREATE FUNCTION audit_append(
    new_actor_id bigint, new_actor_name text, new_verb text,
    new_subject_kind text, new_subject_id bigint, new_details text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
    moment timestamptz;
    sealed bytea;
BEGIN
    SELECT * INTO head FROM audit_head WHERE id = 1 FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_head (id, last_id, last_hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'))
        ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit_head WHERE id = 1 FOR UPDATE;
    END IF;
    moment := clock_timestamp();
    sealed := audit_hash(
        head.last_hash, head.last_id + 1, moment, new_actor_id, new_actor_name, new_verb,
        new_subject_kind, new_subject_id, new_details
    );
    INSERT INTO audit_entry (
        id, at, actor_id, actor_name, verb, subject_kind, subject_id, details, previous_hash, hash
    ) VALUES (
        head.last_id + 1, moment, new_actor_id, new_actor_name, new_verb,
        new_subject_kind, new_subject_id, new_details, head.last_hash, sealed
    );
    UPDATE audit_head SET last_id = head.last_id + 1, last_hash = sealed WHERE id = 1;
    RETURN head.last_id + 1;
END
$$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION audit_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
BEGIN
    SELECT * INTO head FROM audit_head WHERE id = 1;
    IF NEW.id IS DISTINCT FROM head.last_id + 1
        OR NEW.previous_hash IS DISTINCT FROM head.last_hash
        OR NEW.hash IS DISTINCT FROM audit_hash(
            NEW.previous_hash, NEW.id, NEW.at, NEW.actor_id, NEW.actor_name, NEW.verb,
            NEW.subject_kind, NEW.subject_id, NEW.details
        )
    THEN
        RAISE EXCEPTION 'the trail is append-only: an entry that does not continue the chain is refused'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION audit_check_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS DISTINCT FROM OLD.id OR NEW.last_id IS DISTINCT FROM OLD.last_id + 1 OR NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE id = NEW.last_id AND hash = NEW.last_hash AND previous_hash = OLD.last_hash
    ) THEN
        RAISE EXCEPTION 'the trail is append-only: the head moves only with an entry'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_continues BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_check_entry();
CREATE TRIGGER audit_head_moves BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_check_head();
CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_whole BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

BACKWARD = """
DROP TRIGGER audit_entry_kept ON audit_entry;
DROP TRIGGER audit_entry_whole ON audit_entry;
DROP TRIGGER audit_entry_continues ON audit_entry;
DROP TRIGGER audit_head_moves ON audit_head;
DROP TRIGGER audit_head_kept ON audit_head;
DROP TRIGGER audit_head_whole ON audit_head;
DROP FUNCTION audit_check_head();
DROP FUNCTION audit_check_entry();
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_append(bigint, text, text, text, bigint, text);
DROP FUNCTION audit_hash(bytea, bigint, timestamptz, bigint, text, text, text, bigint, text);
DROP FUNCTION audit_piece(text);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
