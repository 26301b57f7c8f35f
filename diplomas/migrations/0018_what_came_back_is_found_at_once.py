from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('diplomas', '0017_the_office_searches_by_likeness'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='diploma',
            index=models.Index(condition=models.Q(('state__in', ['RETURNED', 'HELD'])), fields=['state'], name='diploma_in_the_office'),
        ),
    ]
