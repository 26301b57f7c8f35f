from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0007_blocks_of_competences'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='publishedresult',
            index=models.Index(condition=models.Q(('revision__gt', 1)), fields=['entry'], name='published_result_revised'),
        ),
    ]
