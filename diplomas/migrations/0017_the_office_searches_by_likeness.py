from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("diplomas", "0016_visitors_read_the_rules"),
        ("candidates", "0012_names_are_searched_by_likeness"),
    ]

    operations = [
        migrations.RunSQL(
            "GRANT USAGE ON SCHEMA likeness TO portal_office",
            "REVOKE USAGE ON SCHEMA likeness FROM portal_office",
        )
    ]
