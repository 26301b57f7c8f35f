from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("candidates", "0001_initial")]

    operations = [
        migrations.AddField(
            "entry",
            "visit",
            models.PositiveIntegerField(
                db_default=1, default=1, editable=False, verbose_name="numéro de visite"
            ),
        ),
        migrations.RunSQL(
            (_SQL / "visits.sql").read_text(), (_SQL / "visits_undo.sql").read_text()
        ),
    ]
