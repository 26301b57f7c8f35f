import django.db.models.deletion
from django.db import migrations, models

TOLD = """
GRANT SELECT ON results_listchange TO portal_public;
CREATE FUNCTION results_tell_list_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO results_listchange (release_id) VALUES (coalesce(NEW.release_id, OLD.release_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER results_tell_consent AFTER UPDATE OF web_listed ON results_publishedresult
FOR EACH ROW WHEN (OLD.web_listed <> NEW.web_listed) EXECUTE FUNCTION results_tell_list_change();
CREATE TRIGGER results_tell_revision AFTER INSERT ON results_publishedresult
FOR EACH ROW WHEN (NEW.revision > 1) EXECUTE FUNCTION results_tell_list_change();
CREATE TRIGGER results_tell_deletion AFTER DELETE ON results_publishedresult
FOR EACH ROW WHEN (OLD.web_listed) EXECUTE FUNCTION results_tell_list_change();
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0010_releases_are_announced")]

    operations = [
        migrations.CreateModel(
            name="ListChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="results.release",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement d’une liste",
                "verbose_name_plural": "changements de listes",
            },
        ),
        migrations.RunSQL(TOLD, "DROP FUNCTION results_tell_list_change() CASCADE"),
    ]
