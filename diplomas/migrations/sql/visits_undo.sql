REVOKE SELECT (visit), UPDATE (visit) ON candidates_entry FROM portal_public;
GRANT SELECT (credential) ON candidates_entry TO portal_public;
DROP FUNCTION visitors_identify(bytea);
