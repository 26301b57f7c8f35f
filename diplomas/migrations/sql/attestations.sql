-- An attestation stays as it was given; only `purge` deletes it, with the result that it rests on.
CREATE FUNCTION diplomas_keep_attestation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('results_portal.purge', true), '') = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'attestation % was given: it can be revoked, not changed', OLD.reference
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER diplomas_keep_attestation BEFORE UPDATE OR DELETE ON diplomas_attestation
FOR EACH ROW EXECUTE FUNCTION diplomas_keep_attestation();
