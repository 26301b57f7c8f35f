import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0003_staff_wait_after_misses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='addresschange',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='addresschange',
            name='reason',
            field=models.TextField(blank=True, db_default='', verbose_name='motif'),
        ),
        migrations.AddField(
            model_name='identityrequest',
            name='corrected_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='identité corrigée le'),
        ),
        migrations.AddConstraint(
            model_name='addresschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', True), ('reason', '')), models.Q(('by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='address_change_of_the_office_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='identityrequest',
            constraint=models.CheckConstraint(condition=models.Q(('corrected_at__isnull', True), ('state', 'ACCEPTED'), _connector='OR'), name='identity_request_corrected_was_accepted'),
        ),
    ]
