from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0007_guesses_at_office_codes_count"),
        ("candidates", "0007_towns_of_any_length"),
        ("results", "0004_bound_points_of_the_jury"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "visitors_file.sql").read_text(), (_SQL / "visitors_file_undo.sql").read_text()
        )
    ]
