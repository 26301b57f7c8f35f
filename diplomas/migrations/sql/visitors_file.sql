-- What an identified candidate reads and changes of their own file, and what anybody may ask for.
-- Visitors have no right on the tables of candidates: they call functions, which act as their owner.
-- The first three arguments of most of them prove a visit: the entry, the number of its visit, and
-- the credential that was typed. The last is a secret of 32 bytes, kept in the encrypted cookie; who
-- can call these functions, and nothing else, reaches nobody's file.

-- 1. Whose file it is ------------------------------------------------------------------------------

CREATE FUNCTION visitors_entry(of_entry bigint, of_visit integer, typed bytea)
RETURNS SETOF candidates_entry LANGUAGE sql STABLE AS $$
    SELECT * FROM public.candidates_entry
    WHERE id = of_entry AND visit = of_visit AND credential = typed
$$;
REVOKE EXECUTE ON FUNCTION visitors_entry FROM PUBLIC;

-- 2. Reading ---------------------------------------------------------------------------------------

-- All entries of the candidate. Whether one is withheld is told by its result, once that is open.
CREATE FUNCTION visitors_entries(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (
    id bigint, candidate_id bigint, session_id bigint, speciality_id bigint, number varchar,
    status varchar, form varchar, school_id varchar, academy_id varchar, web_consent boolean,
    web_consent_chosen_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT entry.id, entry.candidate_id, entry.session_id, entry.speciality_id, entry.number,
        entry.status, entry.form, entry.school_id, entry.academy_id, entry.web_consent,
        entry.web_consent_chosen_at
    FROM visitors_entry(of_entry, of_visit, typed) AS own
    JOIN candidates_entry AS entry ON entry.candidate_id = own.candidate_id
$$;

CREATE FUNCTION visitors_candidate(of_entry bigint, of_visit integer, typed bytea)
RETURNS SETOF candidates_candidate
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM candidates_candidate
    WHERE id = (SELECT candidate_id FROM visitors_entry(of_entry, of_visit, typed))
$$;

-- Changes of address, without the reason that the office noted for its own.
CREATE FUNCTION visitors_address_changes(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (
    id bigint, entry_id bigint, reference varchar, old jsonb, new jsonb, mailings jsonb,
    requested_at timestamptz, by_id integer
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT change.id, change.entry_id, change.reference, change.old, change.new, change.mailings,
        change.requested_at, change.by_id
    FROM visitors_entries(of_entry, of_visit, typed) AS entry
    JOIN candidates_addresschange AS change ON change.entry_id = entry.id
$$;

-- Requests on the civil status: neither the proof nor who decided.
CREATE FUNCTION visitors_identity_requests(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (
    id bigint, entry_id bigint, reference varchar, form_key varchar, present jsonb, asked jsonb,
    explanation text, state varchar, submitted_at timestamptz, decided_at timestamptz, reason text,
    corrected_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT request.id, request.entry_id, request.reference, request.form_key, request.present,
        request.asked, request.explanation, request.state, request.submitted_at,
        request.decided_at, request.reason, request.corrected_at
    FROM visitors_entries(of_entry, of_visit, typed) AS entry
    JOIN candidates_identityrequest AS request ON request.entry_id = entry.id
$$;

CREATE FUNCTION visitors_message_choices(of_entry bigint, of_visit integer, typed bytea)
RETURNS SETOF candidates_messagechoices
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM candidates_messagechoices
    WHERE candidate_id = (SELECT candidate_id FROM visitors_entry(of_entry, of_visit, typed))
$$;

-- Whether the last e-mail to the present address of the candidate was refused for good.
CREATE FUNCTION visitors_mail_is_refused(of_entry bigint, of_visit integer, typed bytea)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT message.state = 'FAILED'
        FROM visitors_candidate(of_entry, of_visit, typed) AS candidate
        JOIN candidates_entry AS entry ON entry.candidate_id = candidate.id
        JOIN candidates_message AS message ON message.entry_id = entry.id
        WHERE candidate.email <> '' AND message.to = candidate.email
            AND message.state IN ('SENT', 'FAILED')
        ORDER BY message.not_before DESC, message.id DESC LIMIT 1
    ), false)
$$;

-- Each change of the consent to the web list: history rows hold what was before.
CREATE FUNCTION visitors_consents(of_entry bigint, of_visit integer, typed bytea)
RETURNS TABLE (at timestamptz, given boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pgh_created_at, afterwards FROM (
        SELECT event.pgh_id, event.pgh_created_at, event.web_consent,
            lead(event.web_consent, 1, entry.web_consent) OVER (ORDER BY event.pgh_id) AS afterwards
        FROM visitors_entry(of_entry, of_visit, typed) AS entry
        JOIN candidates_entryevent AS event ON event.id = entry.id
    ) AS states
    WHERE web_consent <> afterwards
    ORDER BY pgh_id DESC
$$;

-- 3. Writing, by who is identified -----------------------------------------------------------------
-- Each returns why nothing was done, or null. ENDED: there is no such visit (any more).

-- Until the second call, history rows tell that the candidate made a change. No setting of the
-- caller's lets it pass unrecorded, or by a guard.
CREATE FUNCTION visitors_sign(begins boolean) RETURNS void LANGUAGE sql AS $$
    SELECT set_config(name, value, true) FROM (VALUES
        ('pgtrigger.ignore', ''), ('results_portal.change', ''), ('results_portal.purge', ''),
        ('pghistory.context_id', CASE WHEN begins THEN gen_random_uuid()::text ELSE '' END),
        ('pghistory.context_metadata', CASE WHEN begins THEN '{"by": "candidate"}' ELSE '' END)
    ) AS setting (name, value)
$$;
REVOKE EXECUTE ON FUNCTION visitors_sign FROM PUBLIC;

-- E-mails about what has the reference `about`, to one of the addresses `readers`.
CREATE FUNCTION visitors_write_messages(
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
REVOKE EXECUTE ON FUNCTION visitors_write_messages FROM PUBLIC;

-- A change of address: see candidates/address_changes/changes.py. `made` is the reference of the
-- change that this confirmation has made, now or before. `lines` is the new address as documents
-- print it: results that are not open yet take it, whatever their verdict.
CREATE FUNCTION visitors_change_address(
    of_entry bigint, of_visit integer, typed bytea,
    change jsonb, lines jsonb, questions jsonb, messages jsonb,
    OUT made text, OUT refusal text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person candidates_candidate;
    new_address candidates_candidate;
    present jsonb;
    change_id bigint;
BEGIN
    -- The locks of all writers, in their order (candidates/locks.py).
    PERFORM pg_advisory_xact_lock(64315, session_id::integer) FROM (
        SELECT DISTINCT session_id FROM visitors_entries(of_entry, of_visit, typed)
        ORDER BY session_id
    ) AS sessions;
    SELECT candidate.* INTO person FROM candidates_candidate AS candidate
    WHERE candidate.id = (SELECT candidate_id FROM visitors_entry(of_entry, of_visit, typed))
    FOR UPDATE;
    IF NOT FOUND THEN
        refusal := 'ENDED';
        RETURN;
    END IF;
    SELECT reference INTO made FROM candidates_addresschange
    WHERE form_key = change->>'form_key' AND entry_id = of_entry;
    IF FOUND THEN
        RETURN;
    END IF;
    present := jsonb_build_object(
        'address1', person.address1, 'address2', person.address2, 'address3', person.address3,
        'postcode', person.postcode, 'city', person.city, 'country', person.country,
        'email', person.email
    );
    refusal := CASE
        WHEN present = change->'new' THEN 'UNCHANGED'
        WHEN present <> change->'old' THEN 'OUTDATED'
        WHEN 10 <= (
            SELECT count(*) FROM candidates_addresschange
            WHERE entry_id = of_entry AND requested_at > statement_timestamp() - interval '1 day'
        ) THEN 'TOO_MANY'
    END;
    IF refusal IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM visitors_sign(true);
    new_address := jsonb_populate_record(NULL::candidates_candidate, change->'new');
    UPDATE candidates_candidate SET
        (address1, address2, address3, postcode, city, country, email, address_chosen_at) = (
            new_address.address1, new_address.address2, new_address.address3,
            new_address.postcode, new_address.city, new_address.country, new_address.email,
            statement_timestamp()
        )
    WHERE id = person.id;
    INSERT INTO candidates_addresschange
        (entry_id, reference, form_key, old, new, mailings, requested_at)
    VALUES (
        of_entry, change->>'reference', change->>'form_key', present, change->'new',
        change->'mailings', statement_timestamp()
    )
    RETURNING id, reference INTO change_id, made;
    -- One question a mailing: one still undecided takes the newest change.
    INSERT INTO candidates_redispatch
        (entry_id, kind, label, mailed_on, sealed_at, state, note, change_id)
    SELECT entry.id, question.kind, question.label, question.mailed_on, question.sealed_at,
        'TO_DECIDE', '', change_id
    FROM jsonb_to_recordset(questions) AS question
        (entry_id bigint, kind text, label text, mailed_on date, sealed_at timestamptz)
    JOIN candidates_entry AS entry ON entry.id = question.entry_id
    WHERE entry.candidate_id = person.id
    ON CONFLICT (entry_id, kind) WHERE state = 'TO_DECIDE' DO UPDATE SET
        change_id = excluded.change_id, label = excluded.label, mailed_on = excluded.mailed_on,
        sealed_at = excluded.sealed_at;
    PERFORM visitors_write_messages(made, of_entry, ARRAY[person.email, new_address.email], messages);
    -- None that opens before this is over.
    UPDATE results_publishedresult AS published
    SET document = jsonb_set(published.document, '{candidate,address}', lines)
    FROM candidates_entry AS entry, results_release AS release
    WHERE entry.candidate_id = person.id AND published.entry_id = entry.id
        AND release.id = published.release_id AND release.opened_at IS NULL
        AND (
            release.withdrawn_at IS NOT NULL
            OR release.opens_at > clock_timestamp() + interval '10 seconds'
        )
        AND NOT results_release_is_frozen(release);
    PERFORM visitors_sign(false);
END
$$;

-- A consent to the web list, given or taken back: see results/result_page/consent.py.
CREATE FUNCTION visitors_choose_publication(
    of_entry bigint, of_visit integer, typed bytea, given boolean
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

-- The kinds of e-mails that a candidate wants. Those that wait and are not wanted do not leave.
CREATE FUNCTION visitors_set_choices(
    of_candidate bigint, of_releases boolean, of_documents boolean, in_language text
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.candidates_messagechoices AS choices
        (candidate_id, releases, documents, language, changed_at)
    VALUES (of_candidate, of_releases, of_documents, in_language, statement_timestamp())
    ON CONFLICT (candidate_id) DO UPDATE SET
        releases = excluded.releases, documents = excluded.documents,
        language = excluded.language, changed_at = excluded.changed_at;
    DELETE FROM public.candidates_message AS message USING public.candidates_entry AS entry
    WHERE entry.id = message.entry_id AND entry.candidate_id = of_candidate
        AND message.state = 'WAITING'
        AND (
            (message.kind = 'RELEASE' AND NOT of_releases)
            OR (message.kind = 'DOCUMENT' AND NOT of_documents)
        );
$$;
REVOKE EXECUTE ON FUNCTION visitors_set_choices FROM PUBLIC;

CREATE FUNCTION visitors_choose_messages(
    of_entry bigint, of_visit integer, typed bytea,
    of_releases boolean, of_documents boolean, in_language text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person bigint;
BEGIN
    SELECT candidate_id INTO person FROM visitors_entry(of_entry, of_visit, typed);
    IF NOT FOUND THEN
        RETURN 'ENDED';
    END IF;
    PERFORM visitors_set_choices(person, of_releases, of_documents, in_language);
    RETURN NULL;
END
$$;

-- A request on the civil status, whose proof is stored: see candidates/civil_status/requests.py.
-- The same form and content is kept once.
CREATE FUNCTION visitors_ask_identity(
    of_entry bigint, of_visit integer, typed bytea, request jsonb
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person candidates_candidate;
BEGIN
    SELECT candidate.* INTO person FROM candidates_candidate AS candidate
    WHERE candidate.id = (SELECT candidate_id FROM visitors_entry(of_entry, of_visit, typed))
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'ENDED';
    END IF;
    IF EXISTS (SELECT FROM candidates_identityrequest WHERE form_key = request->>'form_key') THEN
        RETURN 'KNOWN';
    END IF;
    IF 5 <= (
        SELECT count(*) FROM candidates_identityrequest
        WHERE entry_id = of_entry AND submitted_at > statement_timestamp() - interval '1 day'
    ) THEN
        RETURN 'TOO_MANY';
    END IF;
    INSERT INTO candidates_identityrequest (
        entry_id, reference, form_key, present, asked, explanation, proof, proof_type, proof_size,
        state, submitted_at, reason
    ) VALUES (
        of_entry, request->>'reference', request->>'form_key',
        jsonb_build_object(
            'birth_name', person.birth_name, 'usage_name', person.usage_name,
            'given_names', person.given_names, 'birth_date', person.birth_date,
            'birth_place', person.birth_place
        ),
        request->'asked', request->>'explanation', visitors_proof(request->>'proof'),
        request->>'proof_type', (request->>'proof_size')::integer, 'SUBMITTED',
        statement_timestamp(), ''
    );
    RETURN NULL;
END
$$;

-- The path of a proof that no other request has, so that nobody's is shown or deleted with it.
CREATE FUNCTION visitors_proof(path text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF path !~ '^preuves/\w+\.zip$'
        OR EXISTS (SELECT FROM public.candidates_identityrequest WHERE proof = path)
        OR EXISTS (SELECT FROM public.diplomas_attestationrequest WHERE proof = path)
    THEN
        RAISE EXCEPTION 'no new proof is at %', path USING ERRCODE = 'check_violation';
    END IF;
    RETURN path;
END
$$;
REVOKE EXECUTE ON FUNCTION visitors_proof FROM PUBLIC;

-- The attestation of the admitted result that the visit shows, whose names and mention it says; one
-- that exists stays as it is.
CREATE FUNCTION visitors_attest(
    of_entry bigint, of_visit integer, typed bytea, of_result bigint, of_reference text,
    of_code uuid, at timestamptz, content jsonb, file bytea
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

-- 4. By anybody ------------------------------------------------------------------------------------

-- A request for the attestation of an old session: see diplomas/attestations/requests.py. False
-- when the same form and content is kept already.
CREATE FUNCTION visitors_ask_attestation(request jsonb, messages jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked diplomas_attestationrequest
        := jsonb_populate_record(NULL::diplomas_attestationrequest, request);
BEGIN
    IF EXISTS (SELECT FROM diplomas_attestationrequest WHERE form_key = asked.form_key) THEN
        RETURN false;
    END IF;
    INSERT INTO diplomas_attestationrequest (
        reference, form_key, language, birth_name, usage_name, given_names, birth_date,
        birth_place, exam, speciality, year, school, academy_id, address1, address2, address3,
        postcode, city, country, email, proof, proof_type, proof_size, promised_on,
        submitted_at, state, reason
    ) VALUES (
        asked.reference, asked.form_key, asked.language, asked.birth_name, asked.usage_name,
        asked.given_names, asked.birth_date, asked.birth_place, asked.exam, asked.speciality,
        asked.year, asked.school, asked.academy_id, asked.address1, asked.address2, asked.address3,
        asked.postcode, asked.city, asked.country, asked.email, visitors_proof(asked.proof),
        asked.proof_type, asked.proof_size, asked.promised_on,
        asked.submitted_at, 'SUBMITTED', ''
    )
    ON CONFLICT (form_key) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM visitors_write_messages(asked.reference, NULL, ARRAY[asked.email], messages);
    RETURN true;
END
$$;

-- Who has sent a form, or knows its reference, learns until when it is answered, and nothing else.
CREATE FUNCTION visitors_attestation_promise(named text)
RETURNS TABLE (reference varchar, promised_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT reference, promised_on FROM diplomas_attestationrequest
    WHERE reference = named OR form_key = named
$$;

CREATE FUNCTION visitors_attestation_request(of_reference text, born date)
RETURNS TABLE (
    id bigint, reference varchar, birth_date date, year smallint, academy_id varchar,
    address1 varchar, address2 varchar, address3 varchar, postcode varchar, city varchar,
    country varchar, email varchar, state varchar, submitted_at timestamptz, promised_on date,
    decided_at timestamptz, reason text, attestation_id bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, reference, birth_date, year, academy_id, address1, address2, address3, postcode,
        city, country, email, state, submitted_at, promised_on, decided_at, reason, attestation_id
    FROM diplomas_attestationrequest
    WHERE reference = of_reference AND birth_date = born
$$;

-- Forget the misses at the birth date of a reference, once the right one is typed. Their keys begin
-- in a way of their own: no other count is taken back.
CREATE FUNCTION visitors_forgive(of_reference text, born date, counted bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE candidates_failedidentification SET failures = 0
    WHERE key = counted AND substr(counted, 1, 7) = 'follow:'
        AND (
            EXISTS (SELECT FROM visitors_attestation_request(of_reference, born))
            OR EXISTS (
                SELECT FROM diplomas_attestation
                WHERE reference = of_reference AND published_result_id IS NULL
                    AND document #>> '{candidate,birth_date}' = born::text
            )
        )
$$;

-- The link at the foot of an e-mail, which the portal has signed. Returns whether a candidate gets
-- e-mails of a kind; `wanted`: whether they do from now on, null to ask only. Null for nobody.
CREATE FUNCTION visitors_unsubscribe(of_candidate bigint, of_kind text, wanted boolean)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    choices candidates_messagechoices;
BEGIN
    IF NOT EXISTS (SELECT FROM candidates_candidate WHERE id = of_candidate) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO choices FROM candidates_messagechoices WHERE candidate_id = of_candidate;
    choices.releases := coalesce(choices.releases, true);
    choices.documents := coalesce(choices.documents, true);
    IF wanted IS NOT NULL THEN
        IF of_kind = 'RELEASE' THEN
            choices.releases := wanted;
        ELSIF of_kind = 'DOCUMENT' THEN
            choices.documents := wanted;
        END IF;
        PERFORM visitors_set_choices(
            of_candidate, choices.releases, choices.documents, coalesce(choices.language, '')
        );
    END IF;
    RETURN CASE of_kind WHEN 'RELEASE' THEN choices.releases ELSE choices.documents END;
END
$$;

-- 5. To visitors alone -----------------------------------------------------------------------------

REVOKE EXECUTE ON FUNCTION
    visitors_entries, visitors_candidate, visitors_address_changes, visitors_identity_requests,
    visitors_message_choices, visitors_mail_is_refused, visitors_consents,
    visitors_change_address, visitors_choose_publication, visitors_choose_messages,
    visitors_ask_identity, visitors_attest, visitors_ask_attestation,
    visitors_attestation_promise, visitors_attestation_request, visitors_forgive,
    visitors_unsubscribe
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    visitors_entries, visitors_candidate, visitors_address_changes, visitors_identity_requests,
    visitors_message_choices, visitors_mail_is_refused, visitors_consents,
    visitors_change_address, visitors_choose_publication, visitors_choose_messages,
    visitors_ask_identity, visitors_attest, visitors_ask_attestation,
    visitors_attestation_promise, visitors_attestation_request, visitors_forgive,
    visitors_unsubscribe
TO portal_public;
