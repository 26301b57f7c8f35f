-- Who, where and why stand in each row of the history. They were rows of a table of their own, which
-- later changes of the same request wrote again.

ALTER TABLE candidates_candidateevent ADD COLUMN pgh_context jsonb;
UPDATE candidates_candidateevent AS event SET pgh_context = context.metadata
FROM pghistory_context AS context WHERE context.id = event.pgh_context_id;
DROP INDEX candidates_candidateevent_pgh_context_id_5e0616af;

ALTER TABLE candidates_entryevent ADD COLUMN pgh_context jsonb;
UPDATE candidates_entryevent AS event SET pgh_context = context.metadata
FROM pghistory_context AS context WHERE context.id = event.pgh_context_id;
DROP INDEX candidates_entryevent_pgh_context_id_cbb4334c;

ALTER TABLE candidates_schoolheadevent ADD COLUMN pgh_context jsonb;
UPDATE candidates_schoolheadevent AS event SET pgh_context = context.metadata
FROM pghistory_context AS context WHERE context.id = event.pgh_context_id;
DROP INDEX candidates_schoolheadevent_pgh_context_id_707325c1;
