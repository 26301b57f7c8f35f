import candidates.names.searching
import django.contrib.postgres.indexes
from django.db import migrations, models


def index(field, **condition):
    return migrations.AddIndex(
        model_name="candidate",
        index=models.Index(
            django.contrib.postgres.indexes.OpClass(
                candidates.names.searching.BareName(field), name="text_pattern_ops"
            ),
            name=f"candidate_{field}",
            **condition,
        ),
    )


class Migration(migrations.Migration):
    """Make the indexes anew: the key of `BareName` has changed."""

    dependencies = [("candidates", "0005_an_office_code_serves_once")]

    operations = [
        migrations.RemoveIndex(model_name="candidate", name="candidate_birth_name"),
        migrations.RemoveIndex(model_name="candidate", name="candidate_usage_name"),
        index("birth_name"),
        index("usage_name", condition=models.Q(("usage_name", ""), _negated=True)),
    ]
