-- Constraints and storage that Django's models cannot express.

-- The check letter of a UAI: the seven digits modulo 23 in an alphabet without I, O and Q.
ALTER TABLE candidates_school ADD CONSTRAINT school_uai_check_letter CHECK (
    CASE WHEN uai ~ '^[0-9]{7}[A-Z]$'
        THEN substr('ABCDEFGHJKLMNPRSTUVWXYZ', left(uai, 7)::integer % 23 + 1, 1) = right(uai, 1)
        ELSE false
    END
);
ALTER TABLE candidates_entry
    ADD CONSTRAINT entry_digests_are_sha256 CHECK (
        octet_length(access_code_digest) = 32 AND octet_length(credential) = 32
    );

-- A crash may empty this table, which only forgives some failed attempts.
ALTER TABLE candidates_failedidentification SET UNLOGGED;
