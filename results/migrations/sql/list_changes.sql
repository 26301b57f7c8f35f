-- One row of results_listchange for each line that comes onto the public list of a release or
-- leaves it; only the number of rows is read.
CREATE FUNCTION results_tell_list_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO results_listchange (release_id) VALUES (coalesce(NEW.release_id, OLD.release_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER results_tell_consent AFTER UPDATE OF web_listed ON results_publishedresult
FOR EACH ROW WHEN (OLD.web_listed <> NEW.web_listed) EXECUTE FUNCTION results_tell_list_change();
CREATE TRIGGER results_tell_revision AFTER INSERT ON results_publishedresult
FOR EACH ROW WHEN (NEW.revision > 1) EXECUTE FUNCTION results_tell_list_change();
CREATE TRIGGER results_tell_deletion AFTER DELETE ON results_publishedresult
FOR EACH ROW WHEN (OLD.web_listed) EXECUTE FUNCTION results_tell_list_change();
