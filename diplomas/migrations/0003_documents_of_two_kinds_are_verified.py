import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# An attestation stays as it was given; only `purge` forgets it, with the result it rests on.
# Visitors see those that rest on a result that they may see, and those that rest on none: the code
# on the paper is what they ask by. Who issued it is not theirs to read.
KEPT = """
CREATE FUNCTION diplomas_keep_attestation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('results_portal.purge', true), '') = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'attestation % was given: it can be revoked, not changed', OLD.reference
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER diplomas_keep_attestation BEFORE UPDATE OR DELETE ON diplomas_attestation
FOR EACH ROW EXECUTE FUNCTION diplomas_keep_attestation();

ALTER TABLE diplomas_attestation
    ADD CONSTRAINT attestation_goes_with_its_result FOREIGN KEY (published_result_id)
        REFERENCES results_publishedresult ON DELETE CASCADE,
    ALTER COLUMN pdf SET STORAGE EXTERNAL;
ALTER TABLE diplomas_revocation
    ADD CONSTRAINT revocation_goes_with_its_attestation FOREIGN KEY (attestation_id)
        REFERENCES diplomas_attestation ON DELETE CASCADE;
ALTER TABLE diplomas_verificationopening
    ADD CONSTRAINT verification_opening_goes_with_its_attestation FOREIGN KEY (attestation_id)
        REFERENCES diplomas_attestation ON DELETE CASCADE;

GRANT SELECT (id, reference, verification_code, published_result_id, issued_at, document, pdf)
    ON diplomas_attestation TO portal_public;
GRANT SELECT (attestation_id) ON diplomas_revocation TO portal_public;
GRANT INSERT (attestation_id) ON diplomas_verificationopening TO portal_public;

ALTER TABLE diplomas_attestation ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_of_visible_results ON diplomas_attestation FOR SELECT TO portal_public
USING (
    published_result_id IS NULL
    OR EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id)
);
ALTER POLICY only_of_visible_results ON diplomas_revocation
USING (
    EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id)
    OR EXISTS (SELECT FROM diplomas_attestation WHERE id = attestation_id)
);
ALTER POLICY only_of_visible_results ON diplomas_verificationopening
USING (
    EXISTS (SELECT FROM results_publishedresult WHERE id = published_result_id)
    OR EXISTS (SELECT FROM diplomas_attestation WHERE id = attestation_id)
);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('diplomas', '0002_diplomas_are_dispatched'),
        ('results', '0008_sealed_score_sheets_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='verificationopening',
            options={'ordering': ['published_result', 'attestation', '-hour'], 'verbose_name': 'vérification'},
        ),
        migrations.AlterField(
            model_name='revocation',
            name='published_result',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='revocation', to='results.publishedresult', verbose_name='résultat publié'),
        ),
        migrations.AlterField(
            model_name='verificationopening',
            name='published_result',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='verification_openings', to='results.publishedresult', verbose_name='résultat publié'),
        ),
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=13, unique=True, verbose_name='référence')),
                ('verification_code', models.UUIDField(editable=False, unique=True, verbose_name='code de vérification')),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='établie le')),
                ('document', models.JSONField(verbose_name='document')),
                ('pdf', models.BinaryField()),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='établie par')),
                ('published_result', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attestation', to='results.publishedresult', verbose_name='résultat publié')),
            ],
            options={
                'verbose_name': 'attestation de réussite',
                'verbose_name_plural': 'attestations de réussite',
                'ordering': ['-issued_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='revocation',
            name='attestation',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='revocation', to='diplomas.attestation', verbose_name='attestation de réussite'),
        ),
        migrations.AddField(
            model_name='verificationopening',
            name='attestation',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='verification_openings', to='diplomas.attestation', verbose_name='attestation de réussite'),
        ),
        migrations.AddConstraint(
            model_name='revocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attestation__isnull', True), ('published_result__isnull', False)), models.Q(('attestation__isnull', False), ('published_result__isnull', True)), _connector='OR'), name='revocation_is_of_one_document'),
        ),
        migrations.AddConstraint(
            model_name='verificationopening',
            constraint=models.UniqueConstraint(fields=('attestation', 'hour'), name='attestation_opening_counts_by_the_hour'),
        ),
        migrations.AddConstraint(
            model_name='verificationopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attestation__isnull', True), ('published_result__isnull', False)), models.Q(('attestation__isnull', False), ('published_result__isnull', True)), _connector='OR'), name='verification_opening_is_of_one_document'),
        ),
        migrations.AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_by__isnull', True), ('published_result__isnull', False)), models.Q(('issued_by__isnull', False), ('published_result__isnull', True)), _connector='OR'), name='attestation_rests_on_a_result_or_on_somebody'),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
