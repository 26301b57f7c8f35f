from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0001_initial"),
        ("candidates", "0002_an_entry_numbers_its_visits"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "visits.sql").read_text(), (_SQL / "visits_undo.sql").read_text()
        ),
    ]
