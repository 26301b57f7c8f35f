import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# A sealed file holds marks: it is shown to visitors, and goes, with the row that it is made of.
# A PDF is compressed already: PostgreSQL shall not try again.
KEPT = """
ALTER TABLE results_sealedscoresheet
    ADD CONSTRAINT sealed_score_sheet_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE,
    ALTER COLUMN pdf SET STORAGE EXTERNAL;
GRANT SELECT, INSERT ON results_sealedscoresheet TO portal_public;
ALTER TABLE results_sealedscoresheet ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON results_sealedscoresheet FOR SELECT TO portal_public
USING (EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id));
-- Not that of visible ones only: a release withdrawn at this instant would be an error.
CREATE POLICY any_result ON results_sealedscoresheet FOR INSERT TO portal_public WITH CHECK (true);
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0007_published_results_carry_a_verification_code")]

    operations = [
        migrations.CreateModel(
            name="SealedScoreSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.BinaryField(max_length=32)),
                ("pdf", models.BinaryField()),
                (
                    "sealed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "published_result",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sealed_score_sheets",
                        to="results.publishedresult",
                    ),
                ),
            ],
            options={
                "verbose_name": "relevé scellé",
                "verbose_name_plural": "relevés scellés",
                "ordering": ["published_result", "sealed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["published_result", "version"],
                        name="sealed_score_sheet_is_unique_for_its_version",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
