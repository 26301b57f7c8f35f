-- The jury adds what is missing to the nearest threshold above (results/rules/raising.py). No
-- threshold is beyond 20 in every compulsory test: whatever the code does, no points are either.

CREATE FUNCTION results_guard_jury_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.points > (
        SELECT 20 * sum(test.coefficient)
        FROM candidates_entry AS entry
        JOIN results_test AS test ON test.speciality_id = entry.speciality_id
        WHERE entry.id = NEW.entry_id AND test.whole_id IS NULL AND NOT test.optional
    ) THEN
        RAISE EXCEPTION 'entry % cannot get % points: that is above 20 in every test',
            NEW.entry_id, NEW.points USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER results_guard_jury_points BEFORE INSERT OR UPDATE ON results_jurydecision
FOR EACH ROW EXECUTE FUNCTION results_guard_jury_points();
