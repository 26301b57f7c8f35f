-- All rights of portal_office, the database role of the office's pages and commands. It owns no table:
-- it can neither switch off a guard nor change a policy. Row-level security is for visitors: the
-- office's login has BYPASSRLS (deploy/roles.sql), for COPY refuses tables that are under it.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_office') THEN
        CREATE ROLE portal_office NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- made by another database meanwhile
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'portal_office', 'MEMBER') THEN
        GRANT portal_office TO CURRENT_USER;
    END IF;
    -- Temporary tables are for imports.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO portal_office', current_database());
END
$$;

-- 1. Rows of all tables, those to come as well; migrations are the owner's -------------------------

GRANT USAGE ON SCHEMA public TO portal_office;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_office;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_office;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_office;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO portal_office;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM portal_office;
GRANT EXECUTE ON FUNCTION visitors_identify TO portal_office;

-- 2. Statistics after an import, which only the owner may renew ------------------------------------

CREATE FUNCTION portal_analyze(VARIADIC tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format('ANALYZE public.%I', name);
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION portal_analyze FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_analyze TO portal_office;
