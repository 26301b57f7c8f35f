from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("diplomas", "0009_visitors_arguments_are_checked")]

    operations = [
        migrations.RunSQL(
            (_SQL / "visitors_leave.sql").read_text(), (_SQL / "visitors_leave_undo.sql").read_text()
        )
    ]
