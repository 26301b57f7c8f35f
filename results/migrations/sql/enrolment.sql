-- What a candidate has entered decides what is published of them, as their status does.

DROP TRIGGER results_guard_entries ON candidates_entry;
CREATE TRIGGER results_guard_entries BEFORE UPDATE ON candidates_entry
FOR EACH ROW WHEN (
    (OLD.session_id, OLD.speciality_id, OLD.candidate_id, OLD.number, OLD.status, OLD.form,
     OLD.units, OLD.subjects, OLD.school_id, OLD.academy_id, OLD.posting_place, OLD.withheld)
    IS DISTINCT FROM
    (NEW.session_id, NEW.speciality_id, NEW.candidate_id, NEW.number, NEW.status, NEW.form,
     NEW.units, NEW.subjects, NEW.school_id, NEW.academy_id, NEW.posting_place, NEW.withheld)
) EXECUTE FUNCTION results_guard_entries();

-- That a regulation was checked since may be noted: it changes no rule.
DROP TRIGGER results_guard_regulations ON results_regulation;
CREATE TRIGGER results_guard_regulations BEFORE UPDATE ON results_regulation
FOR EACH ROW WHEN (
    to_jsonb(OLD) - 'checked' - 'source' <> to_jsonb(NEW) - 'checked' - 'source'
) EXECUTE FUNCTION results_guard_rules();
CREATE TRIGGER results_guard_regulations_stay BEFORE DELETE ON results_regulation
FOR EACH ROW EXECUTE FUNCTION results_guard_rules();
