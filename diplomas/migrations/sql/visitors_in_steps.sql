-- What visitors raise, they raise in steps: nobody can make a number too large to be raised again,
-- or a count that never ends.

CREATE OR REPLACE FUNCTION candidates_keep_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.visit := least(greatest(OLD.visit, NEW.visit), OLD.visit + 1);
    IF NEW.credential IS DISTINCT FROM OLD.credential AND NEW.visit = OLD.visit THEN
        NEW.visit := OLD.visit + 1;
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER candidates_keep_visit ON candidates_entry;
CREATE TRIGGER candidates_keep_visit BEFORE UPDATE ON candidates_entry
FOR EACH ROW WHEN (
    NEW.visit IS DISTINCT FROM OLD.visit OR NEW.credential IS DISTINCT FROM OLD.credential
) EXECUTE FUNCTION candidates_keep_visit();

CREATE POLICY no_count_for_long ON candidates_failedidentification
    AS RESTRICTIVE FOR INSERT TO portal_public
    WITH CHECK (until <= statement_timestamp() + interval '2 days');
CREATE POLICY no_longer_count ON candidates_failedidentification
    AS RESTRICTIVE FOR UPDATE TO portal_public
    USING (true) WITH CHECK (until <= statement_timestamp() + interval '2 days');
