-- What the functions of visitors_file.sql are given is looked at before they write: an error within
-- them is their owner's, and tells of the row that it stopped at, verdict and all.

-- 1. Nothing is done for an argument that is missing -----------------------------------------------

ALTER FUNCTION visitors_identify STRICT;
ALTER FUNCTION visitors_entries STRICT;
ALTER FUNCTION visitors_candidate STRICT;
ALTER FUNCTION visitors_address_changes STRICT;
ALTER FUNCTION visitors_identity_requests STRICT;
ALTER FUNCTION visitors_message_choices STRICT;
ALTER FUNCTION visitors_mail_is_refused STRICT;
ALTER FUNCTION visitors_consents STRICT;
ALTER FUNCTION visitors_choose_publication STRICT;
ALTER FUNCTION visitors_choose_messages STRICT;
ALTER FUNCTION visitors_ask_identity STRICT;
ALTER FUNCTION visitors_attest STRICT;
ALTER FUNCTION visitors_ask_attestation STRICT;
ALTER FUNCTION visitors_attestation_promise STRICT;
ALTER FUNCTION visitors_attestation_request STRICT;
ALTER FUNCTION visitors_forgive STRICT;

-- 2. A new address has the fields of one, and lines that fit on an envelope ------------------------
-- Lines of any length would measure the document that they go into, whose length tells the verdict:
-- PostgreSQL tells everybody how many rows their transaction has stored out of line.

ALTER FUNCTION visitors_change_address RENAME TO visitors_write_address;
REVOKE EXECUTE ON FUNCTION visitors_write_address FROM portal_public;

CREATE FUNCTION visitors_change_address(
    of_entry bigint, of_visit integer, typed bytea,
    change jsonb, lines jsonb, questions jsonb, messages jsonb,
    OUT made text, OUT refusal text
)
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF ARRAY['address1', 'address2', 'address3', 'city', 'country', 'email', 'postcode']
            IS DISTINCT FROM (
                SELECT array_agg(field.key ORDER BY field.key COLLATE "C")
                FROM jsonb_each(change->'new') AS field WHERE jsonb_typeof(field.value) = 'string'
            )
        OR 7 <> (SELECT count(*) FROM jsonb_object_keys(change->'new'))
        OR 5 < jsonb_array_length(lines)
        OR 500 < length(lines::text)
        OR EXISTS (
            SELECT FROM jsonb_array_elements(lines) AS line WHERE jsonb_typeof(line) <> 'string'
        )
    THEN
        RAISE EXCEPTION 'this is no address' USING ERRCODE = 'check_violation';
    END IF;
    SELECT written.made, written.refusal INTO made, refusal FROM visitors_write_address(
        of_entry, of_visit, typed, change, lines, questions, messages
    ) AS written;
END
$$;
REVOKE EXECUTE ON FUNCTION visitors_change_address FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_change_address TO portal_public;

-- 3. An e-mail about a reference has no key that one about a result or a diploma would have --------

CREATE OR REPLACE FUNCTION visitors_write_messages(
    about text, of_entry bigint, readers text[], messages jsonb
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.candidates_message
        (key, entry_id, kind, "to", subject, text, html, state, attempts, last_error)
    SELECT message.key, of_entry, 'FILE', message.to, message.subject, message.text, message.html,
        'WAITING', 0, ''
    FROM jsonb_to_recordset(messages)
        AS message (key text, "to" text, subject text, text text, html text)
    WHERE about ~ '^(ADR|ATT)-\w{4}-\w{4}$' AND starts_with(message.key, about || ' ')
        AND message.to = ANY (readers) AND message.to <> ''
    ON CONFLICT (key) DO NOTHING;
    SELECT pg_notify('candidates_message', '');
$$;
