INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
SELECT DISTINCT ON (pgh_context_id) pgh_context_id, pgh_created_at, pgh_created_at, pgh_context
FROM results_markevent WHERE pgh_context IS NOT NULL ORDER BY pgh_context_id, pgh_id DESC
ON CONFLICT (id) DO NOTHING;
CREATE INDEX results_markevent_pgh_context_id_fbd03a0d ON results_markevent (pgh_context_id);
ALTER TABLE results_markevent DROP COLUMN pgh_context;
INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
SELECT DISTINCT ON (pgh_context_id) pgh_context_id, pgh_created_at, pgh_created_at, pgh_context
FROM results_jurydecisionevent WHERE pgh_context IS NOT NULL ORDER BY pgh_context_id, pgh_id DESC
ON CONFLICT (id) DO NOTHING;
CREATE INDEX results_jurydecisionevent_pgh_context_id_4363b19e ON results_jurydecisionevent (pgh_context_id);
ALTER TABLE results_jurydecisionevent DROP COLUMN pgh_context;
