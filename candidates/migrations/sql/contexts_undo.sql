INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
SELECT DISTINCT ON (pgh_context_id) pgh_context_id, pgh_created_at, pgh_created_at, pgh_context
FROM candidates_candidateevent WHERE pgh_context IS NOT NULL ORDER BY pgh_context_id, pgh_id DESC
ON CONFLICT (id) DO NOTHING;
CREATE INDEX candidates_candidateevent_pgh_context_id_5e0616af ON candidates_candidateevent (pgh_context_id);
ALTER TABLE candidates_candidateevent DROP COLUMN pgh_context;
INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
SELECT DISTINCT ON (pgh_context_id) pgh_context_id, pgh_created_at, pgh_created_at, pgh_context
FROM candidates_entryevent WHERE pgh_context IS NOT NULL ORDER BY pgh_context_id, pgh_id DESC
ON CONFLICT (id) DO NOTHING;
CREATE INDEX candidates_entryevent_pgh_context_id_cbb4334c ON candidates_entryevent (pgh_context_id);
ALTER TABLE candidates_entryevent DROP COLUMN pgh_context;
INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
SELECT DISTINCT ON (pgh_context_id) pgh_context_id, pgh_created_at, pgh_created_at, pgh_context
FROM candidates_schoolheadevent WHERE pgh_context IS NOT NULL ORDER BY pgh_context_id, pgh_id DESC
ON CONFLICT (id) DO NOTHING;
CREATE INDEX candidates_schoolheadevent_pgh_context_id_707325c1 ON candidates_schoolheadevent (pgh_context_id);
ALTER TABLE candidates_schoolheadevent DROP COLUMN pgh_context;
