from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0002_checks_the_orm_cannot_write"),
        ("results", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "guards.sql").read_text(), (SQL / "guards_undone.sql").read_text()
        ),
        migrations.RunSQL(
            (SQL / "public_role.sql").read_text(), (SQL / "public_role_undone.sql").read_text()
        ),
    ]
