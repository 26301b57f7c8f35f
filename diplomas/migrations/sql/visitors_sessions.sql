-- One identification reaches both sessions of whoever sits replaced tests in September: the number
-- and the code are the same there.

-- 1. It leads to the latest entry, but to none of a September session before that is announced -----

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
    ORDER BY session.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM results_release AS announced
        WHERE announced.session_id = entry.session_id
            AND announced.speciality_id = entry.speciality_id
    ), entry.id DESC LIMIT 1;
END
$$;

-- 2. A visit reads of the other session what everybody may, and whether its own code opens an entry
-- there: then it can go on there. `announced`: an hour has been set, be it withdrawn.

CREATE FUNCTION visitors_other_session(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (
    entry_id bigint, visit integer, label text, follows boolean, tests_from date, tests_until date,
    announced boolean, opens_at timestamptz, is_open boolean
)
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT other.id, other.visit, session.label, session.replaces_id IS NOT NULL,
        session.tests_from, session.tests_until,
        release.id IS NOT NULL,
        CASE WHEN release.withdrawn_at IS NULL THEN release.opens_at END,
        coalesce(
            release.opens_at <= statement_timestamp() AND release.withdrawn_at IS NULL, false
        )
    FROM candidates_entry AS entry
    JOIN candidates_session AS own ON own.id = entry.session_id
    JOIN candidates_session AS session
        ON session.replaces_id = own.id OR session.id = own.replaces_id
    LEFT JOIN candidates_entry AS other
        ON other.session_id = session.id AND other.credential = typed
    LEFT JOIN results_release AS release
        ON release.session_id = session.id AND release.round = 1
        AND release.speciality_id = coalesce(other.speciality_id, entry.speciality_id)
    WHERE entry.id = of_entry AND entry.visit = of_visit AND entry.credential = typed
    LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION visitors_other_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_other_session TO portal_public;

-- 3. Signing out ends the visits of both: either may have become the other -------------------------

CREATE OR REPLACE FUNCTION visitors_leave(of_entry bigint, of_visit integer, typed bytea)
RETURNS void
LANGUAGE sql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE candidates_entry SET visit = visit + 1
    WHERE credential = typed AND EXISTS (
        SELECT FROM candidates_entry AS left_entry
        WHERE left_entry.id = of_entry AND left_entry.visit = of_visit
            AND left_entry.credential = typed
    )
$$;
