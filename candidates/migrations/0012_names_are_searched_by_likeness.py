import candidates.names.likeness
import django.contrib.postgres.indexes
from django.db import migrations


def index(name, *columns):
    return django.contrib.postgres.indexes.GinIndex(
        django.contrib.postgres.indexes.OpClass(
            candidates.names.likeness.Key(*columns), name="likeness.gin_trgm_ops"
        ),
        name=name,
    )


class Migration(migrations.Migration):
    """Make the extension in a schema of its own: PostgreSQL gives its functions to everybody, and
    the owner of the tables may not take them back. Who may use the schema: diplomas/0017."""

    dependencies = [("candidates", "0011_files_are_imported_in_the_browser")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE SCHEMA IF NOT EXISTS likeness",
                "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA likeness",
            ],
            ["DROP EXTENSION pg_trgm", "DROP SCHEMA likeness"],
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=index("candidate_likeness", "birth_name", "usage_name", "given_names"),
        ),
        migrations.AddIndex(
            model_name="school", index=index("school_likeness", "name", "city")
        ),
    ]
