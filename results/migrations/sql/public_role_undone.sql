-- The role itself stays: other databases of the same server may use it.
DROP POLICY only_open_releases ON results_publishedresult;
ALTER TABLE results_publishedresult DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_public;
REVOKE USAGE ON SCHEMA public FROM portal_public;
