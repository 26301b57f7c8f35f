DROP FUNCTION visitors_choose_publication;
DROP FUNCTION visitors_consents;

CREATE FUNCTION visitors_consents(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (at timestamptz, given boolean)
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pgh_created_at, afterwards FROM (
        SELECT event.pgh_id, event.pgh_created_at, event.web_consent,
            lead(event.web_consent, 1, entry.web_consent) OVER (ORDER BY event.pgh_id) AS afterwards
        FROM visitors_entry(of_entry, of_visit, typed) AS entry
        JOIN candidates_entryevent AS event ON event.id = entry.id
    ) AS states
    WHERE web_consent <> afterwards
    ORDER BY pgh_id DESC
$$;

CREATE FUNCTION visitors_choose_publication(
    of_entry bigint, of_visit integer, typed bytea, given boolean
) RETURNS text
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry candidates_entry;
BEGIN
    SELECT locked.* INTO entry FROM candidates_entry AS locked
    WHERE locked.id = (SELECT id FROM visitors_entry(of_entry, of_visit, typed))
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'ENDED';
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
        UPDATE candidates_entry
        SET web_consent = given, web_consent_chosen_at = statement_timestamp()
        WHERE id = entry.id;
        PERFORM visitors_sign(false);
    END IF;
    RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION visitors_choose_publication, visitors_consents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_choose_publication, visitors_consents TO portal_public;
