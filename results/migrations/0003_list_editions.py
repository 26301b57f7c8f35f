from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


def _sql(subject):
    """Run sql/<subject>.sql, and backwards sql/<subject>_undo.sql."""
    folder = Path(__file__).parent / "sql"
    return migrations.RunSQL(
        (folder / f"{subject}.sql").read_text(), (folder / f"{subject}_undo.sql").read_text()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0002_published_result_withheld_gives_no_reason"),
        ("diplomas", "0001_initial"),  # which gives rights on the table that goes here
    ]

    operations = [
        migrations.CreateModel(
            name="ListEdition",
            fields=[
                (
                    "release",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="results.release",
                    ),
                ),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("statement", models.TextField()),
            ],
            options={
                "verbose_name": "édition d’une liste",
                "verbose_name_plural": "éditions de listes",
            },
        ),
        migrations.RemoveIndex(
            model_name="publishedresult", name="published_result_admitted"
        ),
        _sql("list_editions"),
        migrations.AddIndex(
            model_name="publishedresult",
            index=models.Index(
                fields=["release", "sort_key"], name="published_result_in_order"
            ),
        ),
        migrations.DeleteModel(name="ListChange"),
    ]
