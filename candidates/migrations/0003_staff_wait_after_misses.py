from django.db import migrations

# Of django-axes, which counted wrong passwords before: addresses and browsers of staff. A database
# that never had them has nothing to drop.
DROP_AXES = """
DROP TABLE IF EXISTS
    axes_accessattemptexpiration, axes_accessattempt, axes_accessfailurelog, axes_accesslog
"""


class Migration(migrations.Migration):
    dependencies = [("candidates", "0002_an_entry_numbers_its_visits")]

    operations = [
        migrations.AlterModelOptions(
            name="failedidentification",
            options={
                "permissions": [("lift_wait", "Peut lever l’attente d’un compte à la connexion")],
                "verbose_name": "échec d’identification",
                "verbose_name_plural": "échecs d’identification",
            },
        ),
        migrations.RunSQL(DROP_AXES, migrations.RunSQL.noop),
    ]
