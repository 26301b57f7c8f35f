-- Diplomas, their batches and their chain of custody: what constraints cannot say.

CREATE FUNCTION diplomas_refuse(problem text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', problem USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION diplomas_purging() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('results_portal.purge', true), '') = 'on'
$$;

-- 1. A diploma is made for a current, open, admitted result, and only once ------------------------

CREATE FUNCTION diplomas_result_holds(result bigint, of_entry bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM results_publishedresult AS published
        JOIN results_release AS release ON release.id = published.release_id
        JOIN candidates_entry AS entry ON entry.id = published.entry_id
        WHERE published.id = result AND published.entry_id = of_entry
            AND published.verdict = 'ADMITTED' AND NOT entry.withheld
            AND release.opens_at <= statement_timestamp() AND release.withdrawn_at IS NULL
            AND NOT EXISTS (
                SELECT FROM results_publishedresult AS newer
                JOIN results_release AS its_release ON its_release.id = newer.release_id
                WHERE newer.entry_id = of_entry
                    AND (newer.round, newer.revision) > (published.round, published.revision)
                    AND its_release.opens_at <= statement_timestamp()
                    AND its_release.withdrawn_at IS NULL
            )
    )
$$;

CREATE FUNCTION diplomas_guard_diploma() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    leaves boolean;
BEGIN
    IF diplomas_purging() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM diplomas_refuse(format('diploma %s exists: it is never deleted', OLD.id));
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PREPARED' OR NEW.batch_id IS NULL THEN
            PERFORM diplomas_refuse('a new diploma is prepared, in a batch');
        END IF;
    ELSIF NEW.entry_id <> OLD.entry_id THEN
        PERFORM diplomas_refuse(format('diploma %s is of one entry', OLD.id));
    ELSIF NEW.state <> OLD.state AND pg_trigger_depth() < 2 THEN
        PERFORM diplomas_refuse(format('the state of diploma %s follows from its events', OLD.id));
    END IF;
    leaves := TG_OP = 'UPDATE' AND NEW.batch_id IS NULL AND NEW.state = 'HELD';
    IF TG_OP = 'UPDATE' AND NOT leaves
        AND (NEW.batch_id, NEW.published_result_id, NEW.position, NEW.address)
            IS DISTINCT FROM (OLD.batch_id, OLD.published_result_id, OLD.position, OLD.address)
        AND EXISTS (
            SELECT FROM diplomas_dispatchbatch WHERE id = OLD.batch_id AND sealed_at IS NOT NULL
        )
    THEN
        PERFORM diplomas_refuse(format('diploma %s is sealed', OLD.id));
    END IF;
    IF NEW.batch_id IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.batch_id IS DISTINCT FROM OLD.batch_id)
        AND EXISTS (
            SELECT FROM diplomas_dispatchbatch WHERE id = NEW.batch_id AND sealed_at IS NOT NULL
        )
    THEN
        PERFORM diplomas_refuse('nothing enters a sealed batch');
    END IF;
    IF (TG_OP = 'INSERT' OR NEW.published_result_id <> OLD.published_result_id)
        AND NOT diplomas_result_holds(NEW.published_result_id, NEW.entry_id)
    THEN
        PERFORM diplomas_refuse(format('entry %s has no open admitted result', NEW.entry_id));
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER diplomas_guard_diploma BEFORE INSERT OR UPDATE OR DELETE ON diplomas_diploma
FOR EACH ROW EXECUTE FUNCTION diplomas_guard_diploma();

-- 2. What is sealed, printed or sent stays so -----------------------------------------------------

CREATE FUNCTION diplomas_guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed_at IS NULL THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE'
        OR (NEW.reference, NEW.session_id, NEW.route, NEW.school_id, NEW.addressee, NEW.size,
            NEW.sealed_at, NEW.sealed_by_id)
        IS DISTINCT FROM
           (OLD.reference, OLD.session_id, OLD.route, OLD.school_id, OLD.addressee, OLD.size,
            OLD.sealed_at, OLD.sealed_by_id)
        OR (OLD.printed_at IS NOT NULL AND (NEW.printed_at, NEW.printed_by_id)
            IS DISTINCT FROM (OLD.printed_at, OLD.printed_by_id))
        OR (OLD.sent_on IS NOT NULL AND (NEW.sent_on, NEW.sent_by_id, NEW.tracking)
            IS DISTINCT FROM (OLD.sent_on, OLD.sent_by_id, OLD.tracking))
    THEN
        PERFORM diplomas_refuse(format('batch %s is sealed', OLD.reference));
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER diplomas_guard_batch BEFORE UPDATE OR DELETE ON diplomas_dispatchbatch
FOR EACH ROW EXECUTE FUNCTION diplomas_guard_batch();

-- 3. The state of a diploma follows from its events (the same table: diplomas/dispatch/custody.py)

CREATE FUNCTION diplomas_may_follow(state text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE state
        WHEN 'PREPARED' THEN ARRAY['PRINTED', 'HELD']
        WHEN 'PRINTED' THEN ARRAY['SENT_TO_SCHOOL', 'POSTED', 'HELD']
        WHEN 'SENT_TO_SCHOOL' THEN ARRAY['ARRIVED', 'COLLECTED', 'RETURNED']
        WHEN 'POSTED' THEN ARRAY['ARRIVED', 'RETURNED']
        WHEN 'ARRIVED' THEN ARRAY['COLLECTED', 'RETURNED']
        WHEN 'RETURNED' THEN ARRAY['SENT_AGAIN', 'COLLECTED']
        WHEN 'SENT_AGAIN' THEN ARRAY['ARRIVED', 'COLLECTED', 'RETURNED']
        WHEN 'HELD' THEN ARRAY['PRINTED', 'SENT_TO_SCHOOL', 'POSTED']
        ELSE ARRAY[]::text[]
    END
$$;

CREATE FUNCTION diplomas_follow_custody() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    diploma diplomas_diploma;
    batch diplomas_dispatchbatch;
BEGIN
    SELECT * INTO diploma FROM diplomas_diploma WHERE id = NEW.diploma_id FOR UPDATE;
    SELECT * INTO batch FROM diplomas_dispatchbatch WHERE id = diploma.batch_id;
    IF NOT NEW.kind = ANY (diplomas_may_follow(diploma.state)) THEN
        PERFORM diplomas_refuse(
            format('diploma %s is %s: it cannot be %s', diploma.id, diploma.state, NEW.kind)
        );
    END IF;
    IF NEW.kind IN ('PRINTED', 'SENT_TO_SCHOOL', 'POSTED') AND batch.sealed_at IS NULL THEN
        PERFORM diplomas_refuse(format('diploma %s is not sealed', diploma.id));
    END IF;
    IF NEW.kind IN ('SENT_TO_SCHOOL', 'POSTED') AND (
        (NEW.kind = 'POSTED') <> (batch.route = 'HOME')
        OR NOT EXISTS (
            SELECT FROM diplomas_custodyevent
            WHERE diploma_id = NEW.diploma_id AND kind = 'PRINTED'
        )
    ) THEN
        PERFORM diplomas_refuse(format('diploma %s does not leave that way', diploma.id));
    END IF;
    NEW.batch_id := diploma.batch_id;
    UPDATE diplomas_diploma SET
        state = NEW.kind,
        batch_id = CASE WHEN NEW.kind = 'HELD' THEN NULL ELSE batch_id END
    WHERE id = diploma.id;
    RETURN NEW;
END
$$;
CREATE TRIGGER diplomas_follow_custody BEFORE INSERT ON diplomas_custodyevent
FOR EACH ROW EXECUTE FUNCTION diplomas_follow_custody();

CREATE FUNCTION diplomas_keep_custody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND diplomas_purging() THEN
        RETURN OLD;
    END IF;
    PERFORM diplomas_refuse('the chain of custody is only added to');
    RETURN NULL;
END
$$;
CREATE TRIGGER diplomas_keep_custody BEFORE UPDATE OR DELETE ON diplomas_custodyevent
FOR EACH ROW EXECUTE FUNCTION diplomas_keep_custody();
