REVOKE SELECT (kind) ON diplomas_attestation FROM portal_public;
CREATE OR REPLACE FUNCTION visitors_attest(
    of_entry bigint, of_visit integer, typed bytea, of_result bigint, of_reference text,
    of_code uuid, at timestamptz, content jsonb, file bytea
) RETURNS text
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM visitors_entry(of_entry, of_visit, typed)) THEN
        RETURN 'ENDED';
    END IF;
    IF NOT diplomas_result_holds(of_result, of_entry) THEN
        RETURN 'NO_RIGHT';
    END IF;
    IF NOT EXISTS (
        SELECT FROM results_publishedresult
        WHERE id = of_result AND content->'candidate' <@ (document->'candidate')
            AND content->'mention' = document->'mention' AND content->>'reference' = of_reference
    ) THEN
        RAISE EXCEPTION 'attestation % is not of result %', of_reference, of_result
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO diplomas_attestation
        (reference, verification_code, published_result_id, issued_at, document, pdf)
    VALUES (of_reference, of_code, of_result, at, content, file)
    ON CONFLICT (published_result_id) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION diplomas_result_holds(result bigint, of_entry bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM results_publishedresult AS published
        JOIN results_release AS release ON release.id = published.release_id
        JOIN candidates_entry AS entry ON entry.id = published.entry_id
        WHERE published.id = result AND published.entry_id = of_entry
            AND published.verdict = 'ADMITTED' AND NOT entry.withheld
            AND release.opens_at <= statement_timestamp() AND release.withdrawn_at IS NULL
            AND NOT EXISTS (
                SELECT FROM results_publishedresult AS newer
                JOIN results_release AS its_release ON its_release.id = newer.release_id
                WHERE newer.entry_id = of_entry
                    AND (newer.round, newer.revision) > (published.round, published.revision)
                    AND its_release.opens_at <= statement_timestamp()
                    AND its_release.withdrawn_at IS NULL
            )
    )
$$;
DROP FUNCTION diplomas_result_holds(bigint, bigint, text[]);
DROP FUNCTION diplomas_guard_attestation() CASCADE;
DROP FUNCTION diplomas_verdicts_of(text);
