from pathlib import Path

from django.conf import settings
from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0003_visitors_narrowed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "office_role.sql").read_text(), (_SQL / "office_role_undo.sql").read_text()
        ),
    ]
