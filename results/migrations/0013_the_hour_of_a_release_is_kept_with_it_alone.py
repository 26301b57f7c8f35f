"""Rows that nobody has seen no longer hold the hour of their release, which may yet change."""

from django.db import migrations

FORGET = """
UPDATE results_publishedresult AS kept SET document = document - 'issued_at'
FROM results_release AS release
WHERE release.id = kept.release_id AND kept.revision = 1
    AND NOT results_release_is_frozen(release)
"""

RECALL = """
SELECT set_config('results_portal.purge', 'on', true);
UPDATE results_publishedresult AS kept SET document = document || jsonb_build_object(
    'issued_at',
    to_char(coalesce(release.opened_at, release.opens_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
)
FROM results_release AS release
WHERE release.id = kept.release_id AND NOT kept.document ? 'issued_at';
SELECT set_config('results_portal.purge', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0012_indexes_that_another_one_covers_go")]

    operations = [migrations.RunSQL(FORGET, RECALL)]
