from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("diplomas", "0008_visitors_write_by_functions")]

    operations = [
        migrations.RunSQL(
            (_SQL / "visitors_arguments.sql").read_text(),
            (_SQL / "visitors_arguments_undo.sql").read_text(),
        )
    ]
