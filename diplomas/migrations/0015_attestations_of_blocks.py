from pathlib import Path

import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"
_KIND = django.db.models.fields.json.KT("document__kind")


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0014_the_queue_is_the_offices"),
        ("results", "0007_blocks_of_competences"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="attestation",
            options={
                "ordering": ["-issued_at", "-pk"],
                "verbose_name": "attestation",
                "verbose_name_plural": "attestations",
            },
        ),
        migrations.AddField(
            model_name="attestation",
            name="kind",
            field=models.CharField(
                choices=[("SUCCESS", "réussite"), ("BLOCKS", "blocs de compétences")],
                db_default="SUCCESS",
                default="SUCCESS",
                max_length=7,
                verbose_name="nature",
            ),
        ),
        migrations.AlterField(
            model_name="revocation",
            name="attestation",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revocation",
                to="diplomas.attestation",
                verbose_name="attestation",
            ),
        ),
        migrations.AlterField(
            model_name="verificationopening",
            name="attestation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="verification_openings",
                to="diplomas.attestation",
                verbose_name="attestation",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(kind="SUCCESS")
                | models.Q(kind="BLOCKS", published_result__isnull=False),
                name="attestation_of_blocks_rests_on_a_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    kind=django.db.models.functions.comparison.Coalesce(
                        _KIND, models.Value("SUCCESS")
                    )
                ),
                name="attestation_has_the_kind_that_it_prints",
            ),
        ),
        migrations.RunSQL((_SQL / "blocks.sql").read_text(), (_SQL / "blocks_undo.sql").read_text()),
    ]
