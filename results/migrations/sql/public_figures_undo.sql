DROP TRIGGER results_guard_figures ON results_publicfigure;
DROP FUNCTION results_guard_figures();
DROP POLICY only_of_releases_open_once ON results_publicfigure;
REVOKE ALL ON results_publicfigure FROM portal_public;
