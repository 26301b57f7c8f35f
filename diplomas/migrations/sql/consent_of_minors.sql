-- Who consents to the publication of a name. For a minor it is the legal representative (the person of
-- `consents`: see candidates/history.py); history rows tell who it was.

DROP FUNCTION visitors_choose_publication;
CREATE FUNCTION visitors_choose_publication(
    of_entry bigint, of_visit integer, typed bytea, given boolean, consents text
) RETURNS text
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry candidates_entry;
    minor boolean;
BEGIN
    SELECT locked.* INTO entry FROM candidates_entry AS locked
    WHERE locked.id = (SELECT id FROM visitors_entry(of_entry, of_visit, typed))
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'ENDED';
    END IF;
    SELECT birth_date + interval '18 years' > (statement_timestamp() AT TIME ZONE 'Europe/Paris')::date
    INTO minor FROM candidates_candidate WHERE id = entry.candidate_id;
    IF given AND minor <> (consents IN ('representative', 'agreement')) THEN
        RETURN 'MINOR';
    END IF;
    IF given AND 'CONTROL' <> (
        SELECT published.verdict FROM results_publishedresult AS published
        JOIN results_release AS release ON release.id = published.release_id
        WHERE published.entry_id = entry.id
            AND release.opens_at <= statement_timestamp() AND release.withdrawn_at IS NULL
        ORDER BY published.round DESC, published.revision DESC LIMIT 1
    ) THEN
        RETURN 'TOO_LATE';
    END IF;
    IF given AND NOT entry.web_consent AND 10 <= (
        SELECT count(*) FROM visitors_consents(of_entry, of_visit, typed)
        WHERE at > statement_timestamp() - interval '1 day'
    ) THEN
        RETURN 'TOO_MANY';
    END IF;
    IF entry.web_consent <> given OR entry.web_consent_chosen_at IS NULL THEN
        PERFORM visitors_sign(true);
        IF given AND minor THEN
            PERFORM set_config(
                'pghistory.context_metadata', jsonb_build_object('by', consents)::text, true
            );
        END IF;
        UPDATE candidates_entry
        SET web_consent = given, web_consent_chosen_at = statement_timestamp()
        WHERE id = entry.id;
        PERFORM visitors_sign(false);
    END IF;
    RETURN NULL;
END
$$;

DROP FUNCTION visitors_consents;
CREATE FUNCTION visitors_consents(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (at timestamptz, given boolean, by text)
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pgh_created_at, afterwards, coalesce(metadata ->> 'by', '') FROM (
        SELECT event.pgh_id, event.pgh_created_at, event.web_consent, context.metadata,
            lead(event.web_consent, 1, entry.web_consent) OVER (ORDER BY event.pgh_id) AS afterwards
        FROM visitors_entry(of_entry, of_visit, typed) AS entry
        JOIN candidates_entryevent AS event ON event.id = entry.id
        LEFT JOIN pghistory_context AS context ON context.id = event.pgh_context_id
    ) AS states
    WHERE web_consent <> afterwards
    ORDER BY pgh_id DESC
$$;

REVOKE EXECUTE ON FUNCTION visitors_choose_publication, visitors_consents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_choose_publication, visitors_consents TO portal_public;
