from django.db import migrations, models

import results.packed_document.field

# A part is named by what it says: it is there or not, and never says anything else.
KEPT = """
CREATE FUNCTION results_keep_document_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'document part % is what published documents say', OLD.key
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER results_keep_document_part BEFORE UPDATE OR DELETE ON results_documentpart
FOR EACH ROW EXECUTE FUNCTION results_keep_document_part();
GRANT SELECT ON results_documentpart TO portal_public;
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0008_sealed_score_sheets_are_kept")]

    operations = [
        migrations.CreateModel(
            name="DocumentPart",
            fields=[
                ("key", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
            ],
            options={
                "verbose_name": "partie commune de documents",
                "verbose_name_plural": "parties communes de documents",
            },
        ),
        migrations.AlterField(
            model_name="publishedresult",
            name="document",
            field=results.packed_document.field.PackedDocument(verbose_name="document"),
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION results_keep_document_part() CASCADE"),
    ]
