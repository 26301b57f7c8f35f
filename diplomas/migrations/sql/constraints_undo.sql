ALTER TABLE diplomas_custodyevent DROP CONSTRAINT custody_event_goes_with_its_diploma;
ALTER TABLE diplomas_diploma DROP CONSTRAINT diploma_goes_with_its_result;
ALTER TABLE diplomas_verificationopening
    DROP CONSTRAINT verification_opening_goes_with_its_attestation,
    DROP CONSTRAINT verification_opening_goes_with_its_result;
ALTER TABLE diplomas_revocation
    DROP CONSTRAINT revocation_goes_with_its_attestation,
    DROP CONSTRAINT revocation_goes_with_its_result;
ALTER TABLE diplomas_attestation
    ALTER COLUMN pdf SET STORAGE EXTENDED,
    DROP CONSTRAINT attestation_goes_with_its_result;
