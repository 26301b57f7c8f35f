GRANT UPDATE (visit) ON candidates_entry TO portal_public;
DROP FUNCTION visitors_leave;
