DROP FUNCTION results_tell_list_change() CASCADE;
