-- The roles and logins of the portal in PostgreSQL (docs/operations.md, "Logins").
--
--     psql -d portal -v owner_password=… -v office_password=… -v visitors_password=… -f deploy/roles.sql
--
-- Run it as a superuser in the portal's database: before the first `migrate`, before a restore, and
-- again whenever you like. A password that is not given stays as it is. Others on the machine can
-- read arguments: better write `\set office_password …` into a file that only you can read, and give
-- it first (`-f passwords.psql -f deploy/roles.sql`).
--
--     login               variable   of                may
--     portal              owner      DATABASE_OWNER_URL   own all tables: migrate, purge, back up
--     portal_staff        office     DATABASE_URL         what portal_office may
--     portal_visitors     visitors   DATABASE_PUBLIC_URL  what portal_public may
--
-- `-v owner=…`, `-v office=…`, `-v visitors=…` give the logins other names.

\set ON_ERROR_STOP on
\if :{?owner}
\else
    \set owner portal
\endif
\if :{?office}
\else
    \set office portal_staff
\endif
\if :{?visitors}
\else
    \set visitors portal_visitors
\endif

BEGIN;

-- Passwords must not reach the server's log.
SELECT set_config('log_statement', 'none', true), set_config('log_min_duration_statement', '-1', true)
WHERE current_setting('is_superuser') = 'on' \g /dev/null

-- The roles that hold the rights, which migrations give.
SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['portal_public', 'portal_office']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec

-- The logins: the office's and the visitors' are members of one of them, and of nothing else.
SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY[:'owner', :'office', :'visitors']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
GRANT portal_public, portal_office TO :"owner" WITH ADMIN OPTION;
GRANT portal_office TO :"office";
-- It may read all rows in any case; without this, COPY would refuse tables under row-level security.
ALTER ROLE :"office" BYPASSRLS;
GRANT portal_public TO :"visitors";

-- A visitor who waits for a lock or a slow query is asked to come back. No role is taken at the start
-- of a connection and no option given: this works through any pooler.
ALTER ROLE :"visitors" SET lock_timeout = '1s';
ALTER ROLE :"visitors" SET statement_timeout = '2s';

ALTER DATABASE :"DBNAME" OWNER TO :"owner";
REVOKE TEMPORARY ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO portal_office;
GRANT CONNECT ON DATABASE :"DBNAME" TO portal_public;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

\if :{?owner_password}
    ALTER ROLE :"owner" PASSWORD :'owner_password';
\endif
\if :{?office_password}
    ALTER ROLE :"office" PASSWORD :'office_password';
\endif
\if :{?visitors_password}
    ALTER ROLE :"visitors" PASSWORD :'visitors_password';
\endif

COMMIT;
