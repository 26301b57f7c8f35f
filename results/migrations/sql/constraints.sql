-- Constraints and storage that Django's models cannot express.

-- A sealed file is deleted with the row that it is made of, whoever deletes that row.
-- EXTERNAL: a PDF is compressed already, PostgreSQL shall not try again.
ALTER TABLE results_sealedscoresheet
    ADD CONSTRAINT sealed_score_sheet_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE,
    ALTER COLUMN pdf SET STORAGE EXTERNAL;
