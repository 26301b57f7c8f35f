import candidates.models.requests
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0006_messages_may_be_to_people_without_an_entry'),
        ('diplomas', '0003_documents_of_two_kinds_are_verified'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttestationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=13, unique=True, verbose_name='référence')),
                ('form_key', models.CharField(editable=False, max_length=64, unique=True)),
                ('language', models.CharField(max_length=10, verbose_name='langue')),
                ('birth_name', models.CharField(max_length=80, verbose_name='nom de naissance')),
                ('usage_name', models.CharField(blank=True, max_length=80, verbose_name='nom d’usage')),
                ('given_names', models.CharField(max_length=120, verbose_name='prénoms')),
                ('birth_date', models.DateField(verbose_name='date de naissance')),
                ('birth_place', models.CharField(max_length=80, verbose_name='lieu de naissance')),
                ('exam', models.CharField(max_length=20, verbose_name='examen')),
                ('speciality', models.CharField(blank=True, max_length=150, verbose_name='spécialité')),
                ('year', models.PositiveSmallIntegerField(verbose_name='année')),
                ('school', models.CharField(blank=True, max_length=150, verbose_name='établissement')),
                ('address1', models.CharField(blank=True, max_length=38, verbose_name='adresse, ligne 1')),
                ('address2', models.CharField(blank=True, max_length=38, verbose_name='adresse, ligne 2')),
                ('address3', models.CharField(blank=True, max_length=38, verbose_name='adresse, ligne 3')),
                ('postcode', models.CharField(blank=True, max_length=12, verbose_name='code postal')),
                ('city', models.CharField(max_length=38, verbose_name='ville')),
                ('country', models.CharField(max_length=38, verbose_name='pays')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('proof', models.FileField(upload_to=candidates.models.requests.proof_path, verbose_name='pièce')),
                ('proof_type', models.CharField(choices=[('application/pdf', 'PDF'), ('image/jpeg', 'JPEG'), ('image/png', 'PNG')], max_length=20, verbose_name='type de la pièce')),
                ('proof_size', models.PositiveIntegerField(verbose_name='taille de la pièce, en octets')),
                ('submitted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='reçue le')),
                ('promised_on', models.DateField(verbose_name='réponse promise le')),
                ('state', models.CharField(choices=[('SUBMITTED', 'à examiner'), ('ACCEPTED', 'acceptée'), ('REFUSED', 'refusée')], default='SUBMITTED', max_length=10, verbose_name='état')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décidée le')),
                ('reason', models.TextField(blank=True, verbose_name='motif du refus')),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidates.academy', verbose_name='académie')),
                ('attestation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='diplomas.attestation', verbose_name='attestation de réussite')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidée par')),
            ],
            options={
                'verbose_name': 'demande d’attestation',
                'verbose_name_plural': 'demandes d’attestation',
                'ordering': ['submitted_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('attestation__isnull', True), ('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'SUBMITTED')), models.Q(('attestation__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'ACCEPTED')), models.Q(('attestation__isnull', True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'REFUSED'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='attestation_request_is_decided_whole'), models.CheckConstraint(condition=models.Q(('year__gte', 1950), ('year__lte', 2100)), name='attestation_request_year_is_plausible')],
            },
        ),
    ]
