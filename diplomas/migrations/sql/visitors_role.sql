-- All rights of portal_public, the database role of visitors' pages. It owns nothing. Row-level
-- security shows it results, and what depends on them, from the hour of their release on, by the
-- clock of the database. This app is the only one that knows all these tables; until its migration
-- has run, visitors can read nothing.
-- tests/visitors_rights.txt lists the rights as PostgreSQL sees them.

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

-- 1. Reference tables, identification and its throttle --------------------------------------------

GRANT SELECT ON
    candidates_academy, candidates_school, candidates_session, candidates_speciality
TO portal_public;
GRANT SELECT (id, session_id, speciality_id, credential) ON candidates_entry TO portal_public;
GRANT SELECT, INSERT, UPDATE, DELETE ON candidates_failedidentification TO portal_public;

-- 2. Results, once they are open ------------------------------------------------------------------

-- Parts of documents name tests, schools and académies, and no person.
GRANT SELECT ON
    results_release, results_publishedresult, results_documentpart, results_listchange
TO portal_public;
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

-- A sealed file holds marks: it is shown with the result that it is made of.
GRANT SELECT, INSERT ON results_sealedscoresheet TO portal_public;
ALTER TABLE results_sealedscoresheet ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON results_sealedscoresheet FOR SELECT TO portal_public
USING (EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id));
-- Not of visible results only: inserting while the release is withdrawn would be an error.
CREATE POLICY any_result ON results_sealedscoresheet FOR INSERT TO portal_public WITH CHECK (true);

-- 3. Attestations ---------------------------------------------------------------------------------

-- Those that rest on a visible result, and those that rest on none: visitors ask for these by the
-- code on the paper. The column of who issued one is not theirs to read.

GRANT SELECT (id, reference, verification_code, published_result_id, issued_at, document, pdf)
    ON diplomas_attestation TO portal_public;
ALTER TABLE diplomas_attestation ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_attestation FOR SELECT TO portal_public
USING (
    published_result_id IS NULL
    OR EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id)
);

-- 4. Verification: since when a document is revoked, never why; counts of openings ----------------

GRANT SELECT (published_result_id, attestation_id, at) ON diplomas_revocation TO portal_public;
ALTER TABLE diplomas_revocation ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_revocation TO portal_public
USING (
    EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id)
    OR EXISTS (SELECT FROM diplomas_attestation WHERE id = attestation_id)
);

GRANT SELECT, INSERT (published_result_id, attestation_id, hour, times), UPDATE (times)
    ON diplomas_verificationopening TO portal_public;
ALTER TABLE diplomas_verificationopening ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_verificationopening TO portal_public
USING (
    EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id)
    OR EXISTS (SELECT FROM diplomas_attestation WHERE id = attestation_id)
);

-- 5. Diplomas, once the result is open ------------------------------------------------------------

GRANT SELECT (id, reference, route, school_id, addressee, sealed_at, sent_on, tracking)
    ON diplomas_dispatchbatch TO portal_public;
GRANT SELECT (id, entry_id, published_result_id, batch_id, position, address, state)
    ON diplomas_diploma TO portal_public;
GRANT SELECT (id, diploma_id, kind, day, tracking, collected_by, cause, address)
    ON diplomas_custodyevent TO portal_public;
ALTER TABLE diplomas_diploma ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_diploma TO portal_public
USING (EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id));
ALTER TABLE diplomas_custodyevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_custodyevent TO portal_public
USING (EXISTS (SELECT FROM diplomas_diploma WHERE id = diploma_id));
