-- The role stays: other databases of the server may give it rights.
DROP FUNCTION portal_analyze(text[]);
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM portal_office;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM portal_office;
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_office');
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM portal_office', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
END
$$;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM portal_office;
REVOKE EXECUTE ON FUNCTION visitors_identify FROM portal_office;
REVOKE USAGE ON SCHEMA public FROM portal_office;
