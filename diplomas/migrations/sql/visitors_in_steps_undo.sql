DROP POLICY no_longer_count ON candidates_failedidentification;
DROP POLICY no_count_for_long ON candidates_failedidentification;
DROP TRIGGER candidates_keep_visit ON candidates_entry;
CREATE OR REPLACE FUNCTION candidates_keep_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.visit := greatest(OLD.visit, NEW.visit);
    IF NEW.credential IS DISTINCT FROM OLD.credential AND NEW.visit = OLD.visit THEN
        NEW.visit := OLD.visit + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER candidates_keep_visit BEFORE UPDATE ON candidates_entry
FOR EACH ROW WHEN (
    NEW.visit < OLD.visit OR NEW.credential IS DISTINCT FROM OLD.credential
) EXECUTE FUNCTION candidates_keep_visit();
