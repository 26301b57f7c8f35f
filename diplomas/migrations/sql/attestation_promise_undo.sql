DROP FUNCTION visitors_attestation_promise;
CREATE FUNCTION visitors_attestation_promise(named text)
RETURNS TABLE (reference varchar, promised_on date)
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT reference, promised_on FROM diplomas_attestationrequest
    WHERE reference = named OR form_key = named
$$;
REVOKE EXECUTE ON FUNCTION visitors_attestation_promise FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_attestation_promise TO portal_public;
