DROP TRIGGER results_guard_jury_points ON results_jurydecision;
DROP FUNCTION results_guard_jury_points();
