-- Who, where and why stand in each row of the history. They were rows of a table of their own, which
-- later changes of the same request wrote again.

ALTER TABLE results_markevent ADD COLUMN pgh_context jsonb;
UPDATE results_markevent AS event SET pgh_context = context.metadata
FROM pghistory_context AS context WHERE context.id = event.pgh_context_id;
DROP INDEX results_markevent_pgh_context_id_fbd03a0d;

ALTER TABLE results_jurydecisionevent ADD COLUMN pgh_context jsonb;
UPDATE results_jurydecisionevent AS event SET pgh_context = context.metadata
FROM pghistory_context AS context WHERE context.id = event.pgh_context_id;
DROP INDEX results_jurydecisionevent_pgh_context_id_4363b19e;
