-- From which mark one stays acquired is data of the regulation: BEN from there on, REP below. A
-- share lock on its row keeps it as it is until the marks are written.

CREATE FUNCTION results_guard_kept_marks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    least numeric;
BEGIN
    SELECT regulation.kept_from_mark INTO least
    FROM results_regulation AS regulation
    JOIN results_test AS test ON test.speciality_id = regulation.speciality_id
    WHERE test.id = NEW.test_id
    FOR SHARE OF regulation;
    IF (NEW.status = 'BEN') <> (NEW.value >= 100 * coalesce(least, 10)) THEN
        RAISE EXCEPTION 'mark of test %: % with % hundredths, where a mark is kept from %',
            NEW.test_id, NEW.status, NEW.value, coalesce(least, 10)
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER results_guard_kept_marks BEFORE INSERT OR UPDATE ON results_mark
FOR EACH ROW WHEN (NEW.status IN ('BEN', 'REP')) EXECUTE FUNCTION results_guard_kept_marks();

CREATE FUNCTION results_guard_kept_from() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM results_mark AS mark JOIN results_test AS test ON test.id = mark.test_id
        WHERE test.speciality_id = NEW.speciality_id AND mark.status IN ('BEN', 'REP')
            AND (mark.status = 'BEN') <> (mark.value >= 100 * NEW.kept_from_mark)
    ) THEN
        RAISE EXCEPTION 'kept marks of speciality % contradict those kept from %',
            NEW.speciality_id, NEW.kept_from_mark USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER results_guard_kept_from BEFORE UPDATE ON results_regulation
FOR EACH ROW WHEN (OLD.kept_from_mark <> NEW.kept_from_mark)
EXECUTE FUNCTION results_guard_kept_from();

-- The jury adds what is missing to the nearest threshold above (results/rules/raising.py), in the
-- divisor of the exam: 100 where groups have shares. Whatever the code does, no points go beyond
-- the highest threshold of whoever has none.

CREATE OR REPLACE FUNCTION results_guard_jury_points() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most numeric;
BEGIN
    SELECT greatest(
        regulation.pass_mark,
        (SELECT max((mention ->> 'from_average')::numeric)
         FROM jsonb_array_elements(regulation.mentions) AS mention)
    ) * CASE WHEN regulation.shares <> '{}' THEN 100 ELSE (
        SELECT sum(test.coefficient) FROM results_test AS test
        WHERE test.speciality_id = regulation.speciality_id AND test.whole_id IS NULL
            AND test.counts <> 'difference' AND (NOT test.optional OR test.counts = 'full')
    ) END INTO most
    FROM candidates_entry AS entry
    JOIN results_regulation AS regulation ON regulation.speciality_id = entry.speciality_id
    WHERE entry.id = NEW.entry_id;
    IF NEW.points >= most + 0.01 THEN
        RAISE EXCEPTION 'entry % cannot get % points: its highest threshold is at %',
            NEW.entry_id, NEW.points, most USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
