from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("results", "0003_test_says_whether_its_mark_is_kept")]

    operations = [
        migrations.AlterModelOptions(
            name='decision',
            options={'ordering': ['entry', 'round'], 'permissions': [('deliberate', 'Peut délibérer')], 'verbose_name': 'décision'},
        ),
        migrations.AlterModelOptions(
            name='publishedresult',
            options={'ordering': ['sort_key', 'pk'], 'permissions': [('correct_result', 'Peut corriger un résultat avec un motif')], 'verbose_name': 'résultat publié', 'verbose_name_plural': 'résultats publiés'},
        ),
        migrations.AlterModelOptions(
            name='release',
            options={'ordering': ['-opens_at', 'session', 'speciality', 'round'], 'permissions': [('release_results', 'Peut programmer, ouvrir et retirer une publication')], 'verbose_name': 'publication'},
        ),
    ]
