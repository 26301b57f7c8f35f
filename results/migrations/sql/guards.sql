-- What has been public once stays as it was. What lies behind a published result (marks, entries,
-- names) changes only inside `changing` of candidates/freeze.py.

CREATE FUNCTION results_release_is_frozen(release results_release) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT release.opened_at IS NOT NULL
        OR (release.withdrawn_at IS NULL AND release.opens_at <= statement_timestamp())
$$;

-- 1. Published rows -------------------------------------------------------------------------------

CREATE FUNCTION results_guard_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen boolean;
BEGIN
    IF coalesce(current_setting('results_portal.purge', true), '') = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    SELECT results_release_is_frozen(release) INTO frozen
    FROM results_release AS release WHERE release.id = OLD.release_id;
    IF frozen AND (
        TG_OP = 'DELETE'
        OR to_jsonb(NEW) - 'web_listed' IS DISTINCT FROM to_jsonb(OLD) - 'web_listed'
    ) THEN
        RAISE EXCEPTION 'published result % has been public: it is corrected by a new revision', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER results_guard_published BEFORE UPDATE OR DELETE ON results_publishedresult
FOR EACH ROW EXECUTE FUNCTION results_guard_published();

-- 2. Releases -------------------------------------------------------------------------------------

CREATE FUNCTION results_guard_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT results_release_is_frozen(OLD) THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF coalesce(current_setting('results_portal.purge', true), '') = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'release % has been open: it can be withdrawn, not deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.session_id, NEW.speciality_id, NEW.round)
        IS DISTINCT FROM (OLD.session_id, OLD.speciality_id, OLD.round) THEN
        RAISE EXCEPTION 'release % has been open: what it covers cannot change', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.opens_at IS DISTINCT FROM OLD.opens_at AND OLD.withdrawn_at IS NULL THEN
        RAISE EXCEPTION 'release % is open: withdraw it before giving it another hour', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.opened_at := coalesce(OLD.opened_at, OLD.opens_at);
    RETURN NEW;
END
$$;
CREATE TRIGGER results_guard_release BEFORE UPDATE OR DELETE ON results_release
FOR EACH ROW EXECUTE FUNCTION results_guard_release();

-- 3. Marks, entries and names behind a published row ----------------------------------------------

CREATE FUNCTION results_refuse_change(number text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entry % has a published result: change it by a refresh or a correction', number
        USING ERRCODE = 'restrict_violation';
END
$$;

-- For each statement, not each row: six million marks load in one statement.
CREATE FUNCTION results_guard_marks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change text := coalesce(current_setting('results_portal.change', true), '');
    culprit text;
BEGIN
    IF change = 'correction'
        OR coalesce(current_setting('results_portal.purge', true), '') = 'on'
        OR NOT EXISTS (SELECT FROM results_release)
    THEN
        RETURN NULL;
    END IF;
    SELECT entry.number INTO culprit
    FROM changed
    JOIN results_publishedresult AS published
        ON published.entry_id = changed.entry_id AND published.round >= changed.round
    JOIN results_release AS release ON release.id = published.release_id
    JOIN candidates_entry AS entry ON entry.id = changed.entry_id
    WHERE change <> 'refresh' OR results_release_is_frozen(release)
    LIMIT 1;
    IF FOUND THEN
        PERFORM results_refuse_change(culprit);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER results_guard_marks_inserted AFTER INSERT ON results_mark
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION results_guard_marks();
CREATE TRIGGER results_guard_marks_updated AFTER UPDATE ON results_mark
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION results_guard_marks();
CREATE TRIGGER results_guard_marks_moved AFTER UPDATE ON results_mark
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION results_guard_marks();
CREATE TRIGGER results_guard_marks_deleted AFTER DELETE ON results_mark
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION results_guard_marks();

CREATE FUNCTION results_guard_entry(of_entry bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    change text := coalesce(current_setting('results_portal.change', true), '');
    culprit text;
BEGIN
    IF change = 'correction'
        OR coalesce(current_setting('results_portal.purge', true), '') = 'on'
    THEN
        RETURN;
    END IF;
    SELECT entry.number INTO culprit
    FROM results_publishedresult AS published
    JOIN results_release AS release ON release.id = published.release_id
    JOIN candidates_entry AS entry ON entry.id = published.entry_id
    WHERE published.entry_id = of_entry
        AND (change <> 'refresh' OR results_release_is_frozen(release))
    LIMIT 1;
    IF FOUND THEN
        PERFORM results_refuse_change(culprit);
    END IF;
END
$$;

CREATE FUNCTION results_guard_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM results_guard_entry(OLD.id);
    RETURN NEW;
END
$$;
CREATE TRIGGER results_guard_entries BEFORE UPDATE ON candidates_entry
FOR EACH ROW WHEN (
    (OLD.session_id, OLD.speciality_id, OLD.candidate_id, OLD.number, OLD.status, OLD.form,
     OLD.school_id, OLD.academy_id, OLD.posting_place, OLD.withheld)
    IS DISTINCT FROM
    (NEW.session_id, NEW.speciality_id, NEW.candidate_id, NEW.number, NEW.status, NEW.form,
     NEW.school_id, NEW.academy_id, NEW.posting_place, NEW.withheld)
) EXECUTE FUNCTION results_guard_entries();

CREATE FUNCTION results_guard_candidates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM results_guard_entry(entry.id) FROM candidates_entry AS entry
    WHERE entry.candidate_id = OLD.id;
    RETURN NEW;
END
$$;
CREATE TRIGGER results_guard_candidates BEFORE UPDATE ON candidates_candidate
FOR EACH ROW WHEN (
    (OLD.ine, OLD.birth_name, OLD.usage_name, OLD.given_names, OLD.birth_date, OLD.birth_place)
    IS DISTINCT FROM
    (NEW.ine, NEW.birth_name, NEW.usage_name, NEW.given_names, NEW.birth_date, NEW.birth_place)
) EXECUTE FUNCTION results_guard_candidates();

-- 4. Consent: taken back, it leaves the web list at once, whoever writes it -----------------------

CREATE FUNCTION results_follow_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE results_publishedresult SET web_listed = NEW.web_consent
    WHERE entry_id = NEW.id AND verdict = 'ADMITTED' AND web_listed <> NEW.web_consent;
    RETURN NULL;
END
$$;
CREATE TRIGGER results_follow_consent AFTER UPDATE OF web_consent ON candidates_entry
FOR EACH ROW WHEN (OLD.web_consent <> NEW.web_consent) EXECUTE FUNCTION results_follow_consent();

-- 5. Rules: those that decided a published result stay as they were -------------------------------

CREATE FUNCTION results_guard_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_speciality bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.speciality_id ELSE OLD.speciality_id END;
BEGIN
    IF EXISTS (SELECT FROM results_release WHERE speciality_id = of_speciality)
        AND coalesce(current_setting('results_portal.purge', true), '') <> 'on'
    THEN
        RAISE EXCEPTION 'the rules of speciality % have decided published results', of_speciality
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER results_guard_tests BEFORE INSERT OR UPDATE OR DELETE ON results_test
FOR EACH ROW EXECUTE FUNCTION results_guard_rules();
CREATE TRIGGER results_guard_regulations BEFORE UPDATE OR DELETE ON results_regulation
FOR EACH ROW EXECUTE FUNCTION results_guard_rules();

-- 6. Verification codes: printed sheets carry them ------------------------------------------------

CREATE FUNCTION results_keep_verification_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published result % keeps its verification code', OLD.id
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER results_keep_verification_code BEFORE UPDATE ON results_publishedresult
FOR EACH ROW WHEN (OLD.verification_code <> NEW.verification_code)
EXECUTE FUNCTION results_keep_verification_code();

-- 7. Parts of documents: the key is a digest of the content, which therefore never changes --------

CREATE FUNCTION results_keep_document_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'document part % is what published documents say', OLD.key
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER results_keep_document_part BEFORE UPDATE OR DELETE ON results_documentpart
FOR EACH ROW EXECUTE FUNCTION results_keep_document_part();
