from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0018_what_came_back_is_found_at_once"),
        ("candidates", "0018_the_history_changes_no_more"),
        ("results", "0009_the_history_changes_no_more"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "history_of_consents.sql").read_text(),
            (_SQL / "history_of_consents_undo.sql").read_text(),
        )
    ]
