from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0015_attestations_of_blocks"),
        ("results", "0005_rules_of_every_exam"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "visitors_rules.sql").read_text(),
            (_SQL / "visitors_rules_undo.sql").read_text(),
        )
    ]
