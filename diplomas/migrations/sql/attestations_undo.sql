DROP FUNCTION diplomas_keep_attestation() CASCADE;
