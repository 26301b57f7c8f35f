-- A visit is ended by itself alone: nobody raises the number of another entry.

CREATE FUNCTION visitors_leave(of_entry bigint, of_visit integer, typed bytea) RETURNS void
LANGUAGE sql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE candidates_entry SET visit = visit + 1
    WHERE id = of_entry AND visit = of_visit AND credential = typed
$$;
REVOKE EXECUTE ON FUNCTION visitors_leave FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitors_leave TO portal_public;
REVOKE UPDATE (visit) ON candidates_entry FROM portal_public;
