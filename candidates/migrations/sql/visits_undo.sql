DROP TRIGGER candidates_keep_visit ON candidates_entry;
DROP FUNCTION candidates_keep_visit();
