import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# Rows go with the published result, in the database: nothing else must know of them to forget it.
# Visitors read of a revocation that it is and since when, and count what they open; both only for
# the results that they may see.
KEPT = """
ALTER TABLE diplomas_revocation
    ADD CONSTRAINT revocation_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE;
ALTER TABLE diplomas_verificationopening
    ADD CONSTRAINT verification_opening_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE;

GRANT SELECT (published_result_id, at) ON diplomas_revocation TO portal_public;
GRANT SELECT, INSERT (published_result_id, hour, times), UPDATE (times)
    ON diplomas_verificationopening TO portal_public;
ALTER TABLE diplomas_revocation ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_revocation TO portal_public
USING (EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id));
ALTER TABLE diplomas_verificationopening ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_verificationopening TO portal_public
USING (EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id));
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('results', '0008_sealed_score_sheets_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(help_text='Pour le service seulement\xa0: la page publique ne le montre pas.', verbose_name='motif')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='révoqué le')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('published_result', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='revocation', to='results.publishedresult', verbose_name='résultat publié')),
            ],
            options={
                'verbose_name': 'révocation',
                'ordering': ['-at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='revocation_has_its_reason', violation_error_message='Une révocation est motivée.')],
            },
        ),
        migrations.CreateModel(
            name='VerificationOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(verbose_name='heure')),
                ('times', models.PositiveIntegerField(verbose_name='fois')),
                ('published_result', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='verification_openings', to='results.publishedresult', verbose_name='résultat publié')),
            ],
            options={
                'verbose_name': 'vérification',
                'ordering': ['published_result', '-hour'],
                'constraints': [models.UniqueConstraint(fields=('published_result', 'hour'), name='verification_opening_counts_by_the_hour')],
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
