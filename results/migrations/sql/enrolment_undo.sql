DROP TRIGGER results_guard_entries ON candidates_entry;
CREATE TRIGGER results_guard_entries BEFORE UPDATE ON candidates_entry
FOR EACH ROW WHEN (
    (OLD.session_id, OLD.speciality_id, OLD.candidate_id, OLD.number, OLD.status, OLD.form,
     OLD.school_id, OLD.academy_id, OLD.posting_place, OLD.withheld)
    IS DISTINCT FROM
    (NEW.session_id, NEW.speciality_id, NEW.candidate_id, NEW.number, NEW.status, NEW.form,
     NEW.school_id, NEW.academy_id, NEW.posting_place, NEW.withheld)
) EXECUTE FUNCTION results_guard_entries();

DROP TRIGGER results_guard_regulations_stay ON results_regulation;
DROP TRIGGER results_guard_regulations ON results_regulation;
CREATE TRIGGER results_guard_regulations BEFORE UPDATE OR DELETE ON results_regulation
FOR EACH ROW EXECUTE FUNCTION results_guard_rules();
