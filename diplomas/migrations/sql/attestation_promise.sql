-- The page of a request just sent says when it was received too, as a receipt must (code des
-- relations entre le public et l'administration, art. L. 112-11).
DROP FUNCTION visitors_attestation_promise;
CREATE FUNCTION visitors_attestation_promise(named text)
RETURNS TABLE (reference varchar, submitted_at timestamptz, promised_on date)
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT reference, submitted_at, promised_on FROM diplomas_attestationrequest
    WHERE reference = named OR form_key = named
$$;
REVOKE EXECUTE ON FUNCTION visitors_attestation_promise FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_attestation_promise TO portal_public;
