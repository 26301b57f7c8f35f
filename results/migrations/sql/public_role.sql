-- The role under which the public pages read. It owns nothing, and sees of the results only the
-- rows of releases already open by the clock of the database.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_public') THEN
        CREATE ROLE portal_public NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- made by another database meanwhile
END
$$;
GRANT portal_public TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO portal_public;
GRANT SELECT ON
    candidates_academy, candidates_session, candidates_speciality,
    results_release, results_publishedresult
TO portal_public;
GRANT SELECT, INSERT, UPDATE, DELETE ON candidates_failedidentification TO portal_public;
GRANT SELECT (id, session_id, speciality_id, credential) ON candidates_entry TO portal_public;

ALTER TABLE results_publishedresult ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_open_releases ON results_publishedresult FOR SELECT TO portal_public
USING (
    EXISTS (
        SELECT FROM results_release AS release
        WHERE release.id = release_id
            AND release.opens_at <= statement_timestamp()
            AND release.withdrawn_at IS NULL
    )
);
