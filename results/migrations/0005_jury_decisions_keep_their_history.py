import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('results', '0004_staff_have_rights_of_their_own'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JuryDecisionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('round', models.PositiveSmallIntegerField(choices=[(1, 'premier tour'), (2, 'second tour')], default=1, verbose_name='tour')),
                ('points', models.DecimalField(decimal_places=2, help_text='Ajoutés au total des points (notes × coefficients).', max_digits=6, verbose_name='points')),
                ('reason', models.TextField(verbose_name='motif')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='prise le')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='jurydecision',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "results_jurydecisionevent" ("author_id", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "points", "reason", "round") VALUES (OLD."author_id", OLD."created_at", OLD."entry_id", OLD."id", _pgh_attach_context(), NOW(), \'before_update\', OLD."points", OLD."reason", OLD."round"); RETURN NULL;', hash='08deb01d523f677ad0c4b9fbca9369bf4e45861f', operation='UPDATE', pgid='pgtrigger_before_update_update_be509', table='results_jurydecision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='jurydecision',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "results_jurydecisionevent" ("author_id", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "points", "reason", "round") VALUES (OLD."author_id", OLD."created_at", OLD."entry_id", OLD."id", _pgh_attach_context(), NOW(), \'before_delete\', OLD."points", OLD."reason", OLD."round"); RETURN NULL;', hash='91e19ec6ce5e1b4f44422e76d60ec3f515b521eb', operation='DELETE', pgid='pgtrigger_before_delete_delete_8ce24', table='results_jurydecision', when='AFTER')),
        ),
        migrations.AddField(
            model_name='jurydecisionevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='auteur'),
        ),
        migrations.AddField(
            model_name='jurydecisionevent',
            name='entry',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='candidates.entry', verbose_name='inscription'),
        ),
        migrations.AddField(
            model_name='jurydecisionevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
    ]
