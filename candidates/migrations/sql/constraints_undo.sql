ALTER TABLE candidates_failedidentification SET LOGGED;
ALTER TABLE candidates_entry DROP CONSTRAINT entry_digests_are_sha256;
ALTER TABLE candidates_school DROP CONSTRAINT school_uai_check_letter;
