-- What portal_public may do, narrowed to what its pages need.

-- 1. The throttle: counts rise, and go once their window is over -----------------------------------

REVOKE ALL ON candidates_failedidentification FROM portal_public;
GRANT SELECT, INSERT, UPDATE (failures, until), DELETE
    ON candidates_failedidentification TO portal_public;
ALTER TABLE candidates_failedidentification ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_may_be_read ON candidates_failedidentification FOR SELECT TO portal_public
    USING (true);
CREATE POLICY all_may_be_counted ON candidates_failedidentification FOR INSERT TO portal_public
    WITH CHECK (true);
CREATE POLICY all_may_rise ON candidates_failedidentification FOR UPDATE TO portal_public
    USING (true);
CREATE POLICY only_what_is_over ON candidates_failedidentification FOR DELETE TO portal_public
    USING (until <= statement_timestamp());

CREATE FUNCTION candidates_guard_throttle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.until > statement_timestamp()
        AND (NEW.failures < OLD.failures OR NEW.until < OLD.until)
        AND row_security_active(TG_RELID) AND pg_has_role(current_user, 'portal_public', 'MEMBER')
    THEN
        RAISE EXCEPTION 'failures are counted until %', OLD.until
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER candidates_guard_throttle BEFORE UPDATE ON candidates_failedidentification
FOR EACH ROW EXECUTE FUNCTION candidates_guard_throttle();

-- 2. Results and releases: neither who wrote them nor when -----------------------------------------

REVOKE SELECT ON results_publishedresult, results_release FROM portal_public;
GRANT SELECT (
    id, entry_id, release_id, round, revision, verdict, web_listed, list_name, sort_key, search_key,
    posting_place, verification_code, document, issued_at, reason
) ON results_publishedresult TO portal_public;
GRANT SELECT (
    id, session_id, speciality_id, round, opens_at, opened_at, withdrawn_at, withdrawal_message
) ON results_release TO portal_public;
GRANT SELECT (release_id, number) ON results_listedition TO portal_public;

-- 3. Sealed files: of results that are shown -------------------------------------------------------

REVOKE INSERT ON results_sealedscoresheet FROM portal_public;
GRANT INSERT (published_result_id, version, pdf) ON results_sealedscoresheet TO portal_public;
DROP POLICY any_result ON results_sealedscoresheet;
CREATE POLICY only_of_results_that_are_shown ON results_sealedscoresheet
    FOR INSERT TO portal_public
    WITH CHECK (EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id));
