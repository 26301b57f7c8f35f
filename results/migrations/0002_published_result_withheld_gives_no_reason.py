from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows written before keep their reason, as published rows never change; no page shows it."""

    dependencies = [("results", "0001_initial")]

    operations = [
        AddConstraintNotValid(
            model_name="publishedresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verdict", "WITHHELD"), _negated=True),
                    ("reason__in", ["", "Mise à jour du dossier."]),
                    _connector="OR",
                ),
                name="published_result_withheld_gives_no_reason",
            ),
        ),
    ]
