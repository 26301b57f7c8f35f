from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0011_a_minor_consents_by_a_representative"),
        ("candidates", "0009_a_september_session_replaces_another"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "visitors_sessions.sql").read_text(),
            (_SQL / "visitors_sessions_undo.sql").read_text(),
        )
    ]
