-- The visits of an entry end when its code or birth date changes: both are in its credential. Their
-- number never goes down: a row read before somebody signed out and saved afterwards would let
-- copies of their cookie in again.

CREATE FUNCTION candidates_keep_visit() RETURNS trigger LANGUAGE plpgsql AS $$
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
