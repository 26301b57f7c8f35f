from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0005_towns_of_any_length"),
        ("candidates", "0007_towns_of_any_length"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "visitors_in_steps.sql").read_text(),
            (_SQL / "visitors_in_steps_undo.sql").read_text(),
        )
    ]
