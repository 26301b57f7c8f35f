from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("results", "0006_keep_marks_as_each_regulation_says")]

    operations = [
        migrations.AddField(
            model_name="regulation",
            name="kept_blocks",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="texte qui fait attester les blocs de compétences",
            ),
        ),
        migrations.RunSQL((_SQL / "blocks.sql").read_text(), (_SQL / "blocks_undo.sql").read_text()),
    ]
