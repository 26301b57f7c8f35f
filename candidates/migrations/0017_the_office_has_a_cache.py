from django.db import migrations

# What `manage.py createcachetable` would make.
MAKE = """
CREATE TABLE candidates_staffcache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX candidates_staffcache_expires ON candidates_staffcache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("candidates", "0016_heads_of_schools")]

    operations = [migrations.RunSQL(MAKE, "DROP TABLE candidates_staffcache")]
