from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0006_visitors_raise_in_steps"),
        ("candidates", "0007_towns_of_any_length"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "office_codes.sql").read_text(),
            (_SQL / "office_codes_undo.sql").read_text(),
        )
    ]
