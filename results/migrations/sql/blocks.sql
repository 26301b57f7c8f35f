-- Which text has the units acquired attested may be noted since, too: it decides no result.
DROP TRIGGER results_guard_regulations ON results_regulation;
CREATE TRIGGER results_guard_regulations BEFORE UPDATE ON results_regulation
FOR EACH ROW WHEN (
    to_jsonb(OLD) - 'checked' - 'source' - 'kept_blocks'
    <> to_jsonb(NEW) - 'checked' - 'source' - 'kept_blocks'
) EXECUTE FUNCTION results_guard_rules();
