DROP TRIGGER results_guard_regulations ON results_regulation;
CREATE TRIGGER results_guard_regulations BEFORE UPDATE ON results_regulation
FOR EACH ROW WHEN (
    to_jsonb(OLD) - 'checked' - 'source' <> to_jsonb(NEW) - 'checked' - 'source'
) EXECUTE FUNCTION results_guard_rules();
