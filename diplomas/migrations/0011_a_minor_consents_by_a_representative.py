from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("diplomas", "0010_visitors_leave_by_a_function")]

    operations = [
        migrations.RunSQL(
            (_SQL / "consent_of_minors.sql").read_text(),
            (_SQL / "consent_of_minors_undo.sql").read_text(),
        )
    ]
