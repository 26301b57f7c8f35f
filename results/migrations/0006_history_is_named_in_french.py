from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0005_jury_decisions_keep_their_history'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='jurydecisionevent',
            options={'verbose_name': 'changement (décision du jury)', 'verbose_name_plural': 'changements (décision du jury)'},
        ),
        migrations.AlterModelOptions(
            name='markevent',
            options={'verbose_name': 'changement (note)', 'verbose_name_plural': 'changements (note)'},
        ),
    ]
