import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0005_candidates_ask_and_are_written_to'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='candidates.entry', verbose_name='inscription'),
        ),
    ]
