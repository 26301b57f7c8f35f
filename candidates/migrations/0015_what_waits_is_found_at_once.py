from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0014_an_import_is_taken_back'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'FAILED')), fields=['not_before'], name='message_given_up'),
        ),
    ]
