-- Attestations of blocks of competences: of the units that whoever has not the diploma has acquired.

-- 1. Each kind is of some verdicts -----------------------------------------------------------------

CREATE FUNCTION diplomas_verdicts_of(kind text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind
        WHEN 'SUCCESS' THEN ARRAY['ADMITTED']
        WHEN 'BLOCKS' THEN ARRAY['REFUSED', 'ELIMINATED', 'NOT_FINAL']
    END
$$;

CREATE FUNCTION diplomas_guard_attestation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_result_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM results_publishedresult
        WHERE id = NEW.published_result_id AND verdict = ANY (diplomas_verdicts_of(NEW.kind))
            AND (NEW.kind <> 'BLOCKS' OR jsonb_array_length(document->'blocks') > 0)
    ) THEN
        RAISE EXCEPTION 'result % gives no right to an attestation of kind %',
            NEW.published_result_id, NEW.kind USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER diplomas_guard_attestation BEFORE INSERT ON diplomas_attestation
FOR EACH ROW EXECUTE FUNCTION diplomas_guard_attestation();

-- 2. The current, open result of an entry that is not withheld, with one of the verdicts -----------

CREATE FUNCTION diplomas_result_holds(result bigint, of_entry bigint, verdicts text[])
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM results_publishedresult AS published
        JOIN results_release AS release ON release.id = published.release_id
        JOIN candidates_entry AS entry ON entry.id = published.entry_id
        WHERE published.id = result AND published.entry_id = of_entry
            AND published.verdict = ANY (verdicts) AND NOT entry.withheld
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
CREATE OR REPLACE FUNCTION diplomas_result_holds(result bigint, of_entry bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT diplomas_result_holds(result, of_entry, diplomas_verdicts_of('SUCCESS'))
$$;

-- 3. What a visit has attested: the names of its result, and the mention or the blocks --------------

CREATE OR REPLACE FUNCTION visitors_attest(
    of_entry bigint, of_visit integer, typed bytea, of_result bigint, of_reference text,
    of_code uuid, at timestamptz, content jsonb, file bytea
) RETURNS text
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_kind text := coalesce(content->>'kind', 'SUCCESS');
BEGIN
    IF NOT EXISTS (SELECT FROM visitors_entry(of_entry, of_visit, typed)) THEN
        RETURN 'ENDED';
    END IF;
    IF NOT diplomas_result_holds(of_result, of_entry, diplomas_verdicts_of(of_kind)) THEN
        RETURN 'NO_RIGHT';
    END IF;
    IF NOT EXISTS (
        SELECT FROM results_publishedresult
        WHERE id = of_result AND content->'candidate' <@ (document->'candidate')
            AND content->>'reference' = of_reference
            AND CASE of_kind
                WHEN 'SUCCESS' THEN content->'mention' = document->'mention'
                ELSE document->'blocks' = (
                    SELECT jsonb_agg(unit - 'label' ORDER BY rank)
                    FROM jsonb_array_elements(content->'units')
                        WITH ORDINALITY AS units (unit, rank)
                )
            END
    ) THEN
        RAISE EXCEPTION 'attestation % is not of result %', of_reference, of_result
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO diplomas_attestation
        (kind, reference, verification_code, published_result_id, issued_at, document, pdf)
    VALUES (of_kind, of_reference, of_code, of_result, at, content, file)
    ON CONFLICT (published_result_id) DO NOTHING;
    RETURN NULL;
END
$$;

GRANT SELECT (kind) ON diplomas_attestation TO portal_public;
