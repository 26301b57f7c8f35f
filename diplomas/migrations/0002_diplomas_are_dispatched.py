from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0005_candidates_ask_and_are_written_to'),
        ('diplomas', '0001_documents_are_verified_and_revoked'),
        ('results', '0008_sealed_score_sheets_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DispatchBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=13, unique=True, verbose_name='référence')),
                ('route', models.CharField(choices=[('SCHOOL', 'à retirer dans l’établissement'), ('HOME', 'par la poste, au domicile')], max_length=10, verbose_name='voie')),
                ('addressee', models.JSONField(blank=True, default=list, verbose_name='destinataire')),
                ('size', models.PositiveIntegerField(blank=True, null=True, verbose_name='diplômes')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='préparé le')),
                ('sealed_at', models.DateTimeField(blank=True, null=True, verbose_name='scellé le')),
                ('printed_at', models.DateTimeField(blank=True, null=True, verbose_name='imprimé le')),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='envoyé le')),
                ('tracking', models.CharField(blank=True, max_length=60, verbose_name='numéro du transporteur')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='préparé par')),
                ('printed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imprimé par')),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispatch_batches', to='candidates.school', verbose_name='établissement')),
                ('sealed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='scellé par')),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='envoyé par')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatch_batches', to='candidates.session', verbose_name='session')),
            ],
            options={
                'verbose_name': 'lot de diplômes',
                'verbose_name_plural': 'lots de diplômes',
                'ordering': ['-pk'],
                'permissions': [('dispatch_diplomas', 'Peut préparer, sceller et envoyer des diplômes')],
            },
        ),
        migrations.CreateModel(
            name='Diploma',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(blank=True, null=True, verbose_name='rang dans le lot')),
                ('address', models.JSONField(blank=True, null=True, verbose_name='adresse')),
                ('state', models.CharField(choices=[('PREPARED', 'préparé'), ('PRINTED', 'imprimé'), ('SENT_TO_SCHOOL', 'envoyé à l’établissement'), ('POSTED', 'posté'), ('ARRIVED', 'arrivé'), ('COLLECTED', 'retiré'), ('RETURNED', 'revenu'), ('SENT_AGAIN', 'renvoyé'), ('HELD', 'retenu')], default='PREPARED', editable=False, max_length=14, verbose_name='état')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='diploma', to='candidates.entry', verbose_name='inscription')),
                ('published_result', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='diplomas', to='results.publishedresult', verbose_name='résultat publié')),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='diplomas', to='diplomas.dispatchbatch', verbose_name='lot')),
            ],
            options={
                'verbose_name': 'diplôme',
                'ordering': ['batch', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CustodyEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('PRINTED', 'imprimé'), ('SENT_TO_SCHOOL', 'envoyé à l’établissement'), ('POSTED', 'posté'), ('ARRIVED', 'arrivé'), ('COLLECTED', 'retiré'), ('RETURNED', 'revenu'), ('SENT_AGAIN', 'renvoyé'), ('HELD', 'retenu')], max_length=14, verbose_name='étape')),
                ('day', models.DateField(verbose_name='jour')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='noté le')),
                ('note', models.TextField(blank=True, db_default='', verbose_name='remarque')),
                ('tracking', models.CharField(blank=True, db_default='', max_length=60, verbose_name='numéro du transporteur')),
                ('collected_by', models.CharField(blank=True, choices=[('CANDIDATE', 'le candidat, pièce d’identité vue'), ('PROXY', 'une autre personne, procuration et pièces d’identité vues')], db_default='', max_length=9, verbose_name='remis à')),
                ('proxy_name', models.CharField(blank=True, db_default='', max_length=120, verbose_name='nom de cette personne')),
                ('cause', models.CharField(blank=True, choices=[('NPAI', 'inconnu à l’adresse (NPAI)'), ('UNCLAIMED', 'non réclamé'), ('OTHER', 'autre')], db_default='', max_length=9, verbose_name='cause')),
                ('address', models.JSONField(blank=True, null=True, verbose_name='adresse')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('diploma', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='diplomas.diploma', verbose_name='diplôme')),
                ('batch', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='diplomas.dispatchbatch', verbose_name='lot')),
            ],
            options={
                'verbose_name': 'étape d’un diplôme',
                'verbose_name_plural': 'étapes des diplômes',
                'ordering': ['diploma', 'pk'],
                'permissions': [('record_custody', 'Peut noter la remise et le retour d’un diplôme')],
            },
        ),
        migrations.AddConstraint(
            model_name='dispatchbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('sealed_at__isnull', True)), fields=('session', 'route', 'school'), name='dispatch_batch_in_preparation_is_the_only_one', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='dispatchbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('route', 'SCHOOL'), ('school__isnull', False)), models.Q(('route', 'HOME'), ('school__isnull', True)), _connector='OR'), name='dispatch_batch_to_school_has_one'),
        ),
        migrations.AddConstraint(
            model_name='dispatchbatch',
            constraint=models.CheckConstraint(condition=models.Q(('printed_at__isnull', True), ('sealed_at__isnull', False), _connector='OR'), name='dispatch_batch_is_sealed_before_print'),
        ),
        migrations.AddConstraint(
            model_name='dispatchbatch',
            constraint=models.CheckConstraint(condition=models.Q(('sent_on__isnull', True), ('printed_at__isnull', False), _connector='OR'), name='dispatch_batch_is_printed_before_it_leaves'),
        ),
        migrations.AddConstraint(
            model_name='dispatchbatch',
            constraint=models.CheckConstraint(condition=models.Q(('sealed_at__isnull', True), ('size__gt', 0), _connector='OR'), name='dispatch_batch_sealed_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='diploma',
            constraint=models.CheckConstraint(condition=models.Q(('batch__isnull', False), ('state', 'HELD'), _connector='OR'), name='diploma_is_in_a_batch_or_held'),
        ),
        migrations.AddConstraint(
            model_name='diploma',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['PREPARED', 'PRINTED', 'SENT_TO_SCHOOL', 'POSTED', 'ARRIVED', 'COLLECTED', 'RETURNED', 'SENT_AGAIN', 'HELD'])), name='diploma_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='custodyevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'PRINTED')), fields=('diploma',), name='diploma_is_printed_once'),
        ),
        migrations.AddConstraint(
            model_name='custodyevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'COLLECTED')), fields=('diploma',), name='diploma_is_collected_once'),
        ),
        migrations.AddConstraint(
            model_name='custodyevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('collected_by__in', ['CANDIDATE', 'PROXY']), ('kind', 'COLLECTED')), models.Q(models.Q(('kind', 'COLLECTED'), _negated=True), ('collected_by', '')), _connector='OR'), name='custody_collected_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='custodyevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('collected_by', 'PROXY'), models.Q(('proxy_name', ''), _negated=True)), models.Q(models.Q(('collected_by', 'PROXY'), _negated=True), ('proxy_name', '')), _connector='OR'), name='custody_proxy_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='custodyevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'RETURNED'), models.Q(('cause', ''), _negated=True)), models.Q(models.Q(('kind', 'RETURNED'), _negated=True), ('cause', '')), _connector='OR'), name='custody_returned_says_why'),
        ),
        migrations.AddConstraint(
            model_name='custodyevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'HELD'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='custody_held_says_why'),
        ),
        migrations.RunSQL((SQL / "dispatch.sql").read_text(), migrations.RunSQL.noop),
    ]
