-- The role itself stays: other databases of the same server may use it.
DROP POLICY only_of_visible_results ON diplomas_custodyevent;
DROP POLICY only_of_visible_results ON diplomas_diploma;
DROP POLICY only_of_visible_results ON diplomas_verificationopening;
DROP POLICY only_of_visible_results ON diplomas_revocation;
DROP POLICY only_of_visible_results ON diplomas_attestation;
DROP POLICY any_result ON results_sealedscoresheet;
DROP POLICY only_of_visible_results ON results_sealedscoresheet;
DROP POLICY only_open_releases ON results_publishedresult;
ALTER TABLE diplomas_custodyevent DISABLE ROW LEVEL SECURITY;
ALTER TABLE diplomas_diploma DISABLE ROW LEVEL SECURITY;
ALTER TABLE diplomas_verificationopening DISABLE ROW LEVEL SECURITY;
ALTER TABLE diplomas_revocation DISABLE ROW LEVEL SECURITY;
ALTER TABLE diplomas_attestation DISABLE ROW LEVEL SECURITY;
ALTER TABLE results_sealedscoresheet DISABLE ROW LEVEL SECURITY;
ALTER TABLE results_publishedresult DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_public;
REVOKE USAGE ON SCHEMA public FROM portal_public;
