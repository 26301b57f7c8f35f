-- A code that the office chose can be guessed by whoever tries often: over the limit of guesses at
-- one person from one network, the right one finds nobody either. Codes made by a machine are found
-- whatever was counted, and cost nothing more: the count is read for the office's codes alone.

DROP FUNCTION visitors_identify(bytea);
CREATE FUNCTION visitors_identify(typed bytea, counted_under bytea, most integer)
RETURNS TABLE (entry_id bigint, visit integer, initials text, exam text, opens_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT entry.id, entry.visit, left(person.given_names, 1) || left(person.birth_name, 1),
        session.label::text,
        (
            SELECT min(release.opens_at) FROM results_release AS release
            WHERE release.session_id = entry.session_id
                AND release.speciality_id = entry.speciality_id
                AND release.opens_at > statement_timestamp() AND release.withdrawn_at IS NULL
        )
    FROM candidates_entry AS entry
    JOIN candidates_candidate AS person ON person.id = entry.candidate_id
    JOIN candidates_session AS session ON session.id = entry.session_id
    WHERE entry.credential = typed AND (
        entry.office_code IS NULL
        OR NOT EXISTS (
            SELECT FROM candidates_failedidentification AS failed
            WHERE failed.key = counted_under AND failed.failures >= most
                AND failed.until > statement_timestamp()
        )
    )
    ORDER BY entry.id DESC LIMIT 1;
END
$$;
REVOKE EXECUTE ON FUNCTION visitors_identify(bytea, bytea, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_identify(bytea, bytea, integer) TO portal_public, portal_office;
