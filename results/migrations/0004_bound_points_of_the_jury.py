from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("results", "0003_list_editions")]

    operations = [
        migrations.RunSQL(
            (SQL / "jury_points.sql").read_text(), (SQL / "jury_points_undo.sql").read_text()
        )
    ]
