from pathlib import Path

from django.db import migrations


def _sql(subject):
    """Run sql/<subject>.sql, and backwards sql/<subject>_undo.sql."""
    folder = Path(__file__).parent / "sql"
    return migrations.RunSQL(
        (folder / f"{subject}.sql").read_text(), (folder / f"{subject}_undo.sql").read_text()
    )


class Migration(migrations.Migration):
    dependencies = [("diplomas", "0002_visitors_identify_and_leave"), ("results", "0003_list_editions")]

    operations = [_sql("visitors_narrowed")]
