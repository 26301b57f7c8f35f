from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0003_history_and_people_are_found_quickly'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='candidateevent',
            options={'verbose_name': 'changement (candidat)', 'verbose_name_plural': 'changements (candidat)'},
        ),
        migrations.AlterModelOptions(
            name='entryevent',
            options={'verbose_name': 'changement (inscription)', 'verbose_name_plural': 'changements (inscription)'},
        ),
    ]
