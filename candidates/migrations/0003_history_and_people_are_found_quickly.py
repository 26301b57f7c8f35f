import candidates.names.searching
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0002_checks_the_orm_cannot_write'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(django.contrib.postgres.indexes.OpClass(candidates.names.searching.BareName('birth_name'), name='text_pattern_ops'), name='candidate_birth_name'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(django.contrib.postgres.indexes.OpClass(candidates.names.searching.BareName('usage_name'), name='text_pattern_ops'), condition=models.Q(('usage_name', ''), _negated=True), name='candidate_usage_name'),
        ),
        migrations.AddIndex(
            model_name='candidateevent',
            index=models.Index(fields=['id'], name='candidates__id_2d157d_idx'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['number'], name='entry_number', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='entryevent',
            index=models.Index(fields=['id'], name='candidates__id_92227a_idx'),
        ),
    ]
