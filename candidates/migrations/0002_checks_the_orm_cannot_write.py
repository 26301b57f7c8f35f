from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("candidates", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (SQL / "checks.sql").read_text(),
            "ALTER TABLE candidates_school DROP CONSTRAINT school_uai_check_letter;"
            "ALTER TABLE candidates_entry DROP CONSTRAINT entry_digests_are_sha256;"
            "ALTER TABLE candidates_failedidentification SET LOGGED;",
        )
    ]
