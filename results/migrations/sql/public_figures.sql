-- Figures of groups: written before the hour of their release, shown from it on, never changed after.

CREATE FUNCTION results_guard_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM results_release AS release
        WHERE release.id = coalesce(NEW.release_id, OLD.release_id)
            AND results_release_is_frozen(release)
    ) THEN
        RAISE EXCEPTION 'release % has been open: its figures stay as they are',
            coalesce(NEW.release_id, OLD.release_id) USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER results_guard_figures BEFORE INSERT OR UPDATE OR DELETE ON results_publicfigure
FOR EACH ROW EXECUTE FUNCTION results_guard_figures();

-- The first hour of a release that has been withdrawn and opens again is no longer that at which it
-- opens: its figures stay hidden.
GRANT SELECT ON results_publicfigure TO portal_public;
ALTER TABLE results_publicfigure ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_releases_open_once ON results_publicfigure FOR SELECT TO portal_public
USING (
    EXISTS (
        SELECT FROM results_release AS release
        WHERE release.id = release_id
            AND release.opens_at <= statement_timestamp()
            AND release.withdrawn_at IS NULL
            AND (release.opened_at IS NULL OR release.opened_at = release.opens_at)
    )
);

-- The planner tells, in EXPLAIN, what it knows of columns: here it shall know nothing.
ALTER TABLE results_publicfigure
    ALTER COLUMN present SET STATISTICS 0,
    ALTER COLUMN admitted SET STATISTICS 0,
    ALTER COLUMN mentions SET STATISTICS 0,
    ALTER COLUMN mentions SET STORAGE MAIN;
