-- Constraints and storage that Django's models cannot express.

-- Rows are deleted with the published result or the document that they belong to, whoever deletes
-- it: the purge of results need not know these tables.
-- EXTERNAL: a PDF is compressed already, PostgreSQL shall not try again.

ALTER TABLE diplomas_attestation
    ADD CONSTRAINT attestation_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE,
    ALTER COLUMN pdf SET STORAGE EXTERNAL;

ALTER TABLE diplomas_revocation
    ADD CONSTRAINT revocation_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE,
    ADD CONSTRAINT revocation_goes_with_its_attestation FOREIGN KEY (attestation_id)
        REFERENCES diplomas_attestation ON DELETE CASCADE;
ALTER TABLE diplomas_verificationopening
    ADD CONSTRAINT verification_opening_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE,
    ADD CONSTRAINT verification_opening_goes_with_its_attestation FOREIGN KEY (attestation_id)
        REFERENCES diplomas_attestation ON DELETE CASCADE;

ALTER TABLE diplomas_diploma
    ADD CONSTRAINT diploma_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE;
ALTER TABLE diplomas_custodyevent
    ADD CONSTRAINT custody_event_goes_with_its_diploma FOREIGN KEY (diploma_id)
        REFERENCES diplomas_diploma ON DELETE CASCADE;
