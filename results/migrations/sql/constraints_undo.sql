ALTER TABLE results_sealedscoresheet
    ALTER COLUMN pdf SET STORAGE EXTENDED,
    DROP CONSTRAINT sealed_score_sheet_goes_with_its_result;
