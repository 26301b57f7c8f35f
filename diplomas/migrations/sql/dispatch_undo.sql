DROP FUNCTION diplomas_keep_custody() CASCADE;
DROP FUNCTION diplomas_follow_custody() CASCADE;
DROP FUNCTION diplomas_may_follow(text) CASCADE;
DROP FUNCTION diplomas_guard_batch() CASCADE;
DROP FUNCTION diplomas_guard_diploma() CASCADE;
DROP FUNCTION diplomas_result_holds(bigint, bigint) CASCADE;
DROP FUNCTION diplomas_purging() CASCADE;
DROP FUNCTION diplomas_refuse(text) CASCADE;
