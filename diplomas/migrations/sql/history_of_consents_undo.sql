CREATE OR REPLACE FUNCTION visitors_consents(of_entry bigint, of_visit integer, typed bytea)
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
