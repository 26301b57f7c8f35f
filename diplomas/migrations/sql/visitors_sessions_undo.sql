DROP FUNCTION visitors_other_session;
CREATE OR REPLACE FUNCTION visitors_identify(typed bytea, counted_under bytea, most integer)
RETURNS TABLE (entry_id bigint, visit integer, initials text, exam text, opens_at timestamptz)
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
CREATE OR REPLACE FUNCTION visitors_leave(of_entry bigint, of_visit integer, typed bytea) RETURNS void
LANGUAGE sql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE candidates_entry SET visit = visit + 1
    WHERE id = of_entry AND visit = of_visit AND credential = typed
$$;
