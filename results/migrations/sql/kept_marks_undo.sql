DROP TRIGGER results_guard_kept_from ON results_regulation;
DROP FUNCTION results_guard_kept_from();
DROP TRIGGER results_guard_kept_marks ON results_mark;
DROP FUNCTION results_guard_kept_marks();

CREATE OR REPLACE FUNCTION results_guard_jury_points() RETURNS trigger LANGUAGE plpgsql AS $$
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
