DROP FUNCTION visitors_identify(bytea, bytea, integer);
CREATE FUNCTION visitors_identify(typed bytea)
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
    WHERE entry.credential = typed
    ORDER BY entry.id DESC LIMIT 1;
END
$$;
REVOKE EXECUTE ON FUNCTION visitors_identify(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_identify(bytea) TO portal_public, portal_office;
