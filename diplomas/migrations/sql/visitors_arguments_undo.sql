-- As visitors_file.sql and office_codes.sql made them.

CREATE OR REPLACE FUNCTION visitors_write_messages(
    about text, of_entry bigint, readers text[], messages jsonb
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.candidates_message
        (key, entry_id, kind, "to", subject, text, html, state, attempts, last_error)
    SELECT message.key, of_entry, 'FILE', message.to, message.subject, message.text, message.html,
        'WAITING', 0, ''
    FROM jsonb_to_recordset(messages)
        AS message (key text, "to" text, subject text, text text, html text)
    WHERE starts_with(message.key, about || ' ') AND message.to = ANY (readers) AND message.to <> ''
    ON CONFLICT (key) DO NOTHING;
    SELECT pg_notify('candidates_message', '');
$$;

DROP FUNCTION visitors_change_address;
ALTER FUNCTION visitors_write_address RENAME TO visitors_change_address;
GRANT EXECUTE ON FUNCTION visitors_change_address TO portal_public;

ALTER FUNCTION visitors_identify CALLED ON NULL INPUT;
ALTER FUNCTION visitors_entries CALLED ON NULL INPUT;
ALTER FUNCTION visitors_candidate CALLED ON NULL INPUT;
ALTER FUNCTION visitors_address_changes CALLED ON NULL INPUT;
ALTER FUNCTION visitors_identity_requests CALLED ON NULL INPUT;
ALTER FUNCTION visitors_message_choices CALLED ON NULL INPUT;
ALTER FUNCTION visitors_mail_is_refused CALLED ON NULL INPUT;
ALTER FUNCTION visitors_consents CALLED ON NULL INPUT;
ALTER FUNCTION visitors_choose_publication CALLED ON NULL INPUT;
ALTER FUNCTION visitors_choose_messages CALLED ON NULL INPUT;
ALTER FUNCTION visitors_ask_identity CALLED ON NULL INPUT;
ALTER FUNCTION visitors_attest CALLED ON NULL INPUT;
ALTER FUNCTION visitors_ask_attestation CALLED ON NULL INPUT;
ALTER FUNCTION visitors_attestation_promise CALLED ON NULL INPUT;
ALTER FUNCTION visitors_attestation_request CALLED ON NULL INPUT;
ALTER FUNCTION visitors_forgive CALLED ON NULL INPUT;
