ALTER TABLE results_publishedresult
    ALTER COLUMN verdict SET STATISTICS -1,
    ALTER COLUMN web_listed SET STATISTICS -1,
    ALTER COLUMN document SET STATISTICS -1,
    ALTER COLUMN document SET STORAGE EXTENDED;
DROP FUNCTION results_tell_new_edition() CASCADE;
DROP FUNCTION results_new_edition(bigint) CASCADE;

CREATE OR REPLACE FUNCTION results_follow_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE results_publishedresult SET web_listed = NEW.web_consent
    WHERE entry_id = NEW.id AND verdict = 'ADMITTED' AND web_listed <> NEW.web_consent;
    RETURN NULL;
END
$$;

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
