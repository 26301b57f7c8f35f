-- The number of the edition of each release's public list, in place of one row for each change.
-- What it counts, and the work of counting it, is the same for all verdicts: anybody may know it
-- before the hour. It counts statements, not rows: an import changes thousands of consents at once.
DROP FUNCTION results_tell_list_change() CASCADE;

CREATE FUNCTION results_new_edition(of_release bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    present text := format('%s %s', pg_backend_pid(), statement_timestamp());
BEGIN
    INSERT INTO results_listedition AS edition (release_id, number, statement)
    VALUES (of_release, 1, present)
    ON CONFLICT (release_id) DO UPDATE SET number = edition.number + 1, statement = present
    WHERE edition.statement <> present;
END
$$;

CREATE FUNCTION results_tell_new_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM results_new_edition(coalesce(NEW.release_id, OLD.release_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER results_tell_revision AFTER INSERT ON results_publishedresult
FOR EACH ROW WHEN (NEW.revision > 1) EXECUTE FUNCTION results_tell_new_edition();
CREATE TRIGGER results_tell_deletion AFTER DELETE ON results_publishedresult
FOR EACH ROW EXECUTE FUNCTION results_tell_new_edition();

-- A consent, given or taken back, reaches the web list at once, whoever writes it. All rows of the
-- entry are written, those of the refused too: PostgreSQL counts rows written, and anybody may ask.
CREATE OR REPLACE FUNCTION results_follow_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE results_publishedresult SET web_listed = NEW.web_consent AND verdict = 'ADMITTED'
    WHERE entry_id = NEW.id;
    PERFORM results_new_edition(release_id) FROM (
        SELECT DISTINCT release_id FROM results_publishedresult
        WHERE entry_id = NEW.id ORDER BY release_id
    ) AS lists;
    RETURN NULL;
END
$$;

-- The planner tells, in EXPLAIN, what it knows of columns: here it shall know nothing. Changing a
-- type to what it is forgets what was known. Long documents stay with their row: how many are
-- stored apart would tell of what is long.
ALTER TABLE results_publishedresult
    ALTER COLUMN verdict TYPE varchar(10),
    ALTER COLUMN verdict SET STATISTICS 0,
    ALTER COLUMN web_listed TYPE boolean,
    ALTER COLUMN web_listed SET STATISTICS 0,
    ALTER COLUMN document TYPE jsonb,
    ALTER COLUMN document SET STATISTICS 0,
    ALTER COLUMN document SET STORAGE MAIN;
