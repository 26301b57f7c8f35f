from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("diplomas", "0012_one_identification_reaches_both_sessions")]

    operations = [
        migrations.RunSQL(
            (_SQL / "attestation_promise.sql").read_text(),
            (_SQL / "attestation_promise_undo.sql").read_text(),
        )
    ]
