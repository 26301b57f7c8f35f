from django.db import migrations

# The functions of procrastinate, which PostgreSQL gives to everybody: visitors have no use for them.
# Its tables are the office's by the default privileges of 0004.
GIVE = """
DO $$
DECLARE
    name regprocedure;
BEGIN
    FOR name IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'procrastinate_')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO portal_office', name);
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0013_attestation_promise_has_its_day"),
        ("candidates", "0010_long_work_has_a_queue"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [migrations.RunSQL(GIVE, migrations.RunSQL.noop)]
