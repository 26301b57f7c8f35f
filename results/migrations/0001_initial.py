from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import results.packed_document.field


def _sql(subject):
    """Run sql/<subject>.sql, and backwards sql/<subject>_undo.sql."""
    folder = Path(__file__).parent / "sql"
    return migrations.RunSQL(
        (folder / f"{subject}.sql").read_text(), (folder / f"{subject}_undo.sql").read_text()
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("candidates", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Regulation",
            fields=[
                (
                    "speciality",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="candidates.speciality",
                        verbose_name="spécialité",
                    ),
                ),
                (
                    "pass_mark",
                    models.DecimalField(
                        decimal_places=2, max_digits=4, verbose_name="moyenne exigée"
                    ),
                ),
                (
                    "absence",
                    models.CharField(
                        choices=[("eliminatory", "éliminatoire"), ("zero", "vaut zéro")],
                        max_length=12,
                        verbose_name="absence",
                    ),
                ),
                (
                    "second_round",
                    models.JSONField(blank=True, null=True, verbose_name="second tour"),
                ),
                ("mentions", models.JSONField(blank=True, default=list, verbose_name="mentions")),
                (
                    "group_minimum",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="moyenne exigée par groupe"
                    ),
                ),
                (
                    "mention_with_kept_marks",
                    models.BooleanField(
                        default=True, verbose_name="mention possible avec des notes conservées"
                    ),
                ),
                ("source", models.TextField(blank=True, verbose_name="source")),
            ],
            options={
                "verbose_name": "règlement d’examen",
                "verbose_name_plural": "règlements d’examen",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pass_mark__gt", 0), ("pass_mark__lte", 20)),
                        name="regulation_pass_mark_is_out_of_20",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("absence__in", ["eliminatory", "zero"])),
                        name="regulation_absence_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Test",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("label", models.CharField(max_length=200, verbose_name="libellé")),
                (
                    "coefficient",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="coefficient"),
                ),
                ("group", models.CharField(blank=True, max_length=30, verbose_name="groupe")),
                ("optional", models.BooleanField(default=False, verbose_name="facultative")),
                (
                    "minimum",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=4,
                        null=True,
                        verbose_name="note éliminatoire sous",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                (
                    "speciality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tests",
                        to="candidates.speciality",
                        verbose_name="spécialité",
                    ),
                ),
                (
                    "whole",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="results.test",
                        verbose_name="épreuve dont c’est une partie",
                    ),
                ),
                (
                    "kept",
                    models.BooleanField(
                        default=True,
                        help_text="Une note de 10 ou plus reste acquise au candidat qui n’est pas admis.",
                        verbose_name="reste acquise",
                    ),
                ),
            ],
            options={
                "verbose_name": "épreuve",
                "ordering": ["speciality", "position", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("speciality", "code"), name="test_code_is_unique_in_its_speciality"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("coefficient__gt", 0)),
                        name="test_coefficient_is_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("whole__isnull", True),
                            models.Q(("whole", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="test_is_no_part_of_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")],
                        default=1,
                        verbose_name="tour",
                    ),
                ),
                (
                    "value",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="1250 pour 12,50 sur 20.",
                        null=True,
                        verbose_name="note en centièmes",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "noté"),
                            ("ABS", "absent"),
                            ("FM", "force majeure"),
                            ("DISP", "dispensé"),
                            ("BEN", "bénéfice"),
                            ("REP", "report"),
                        ],
                        default="",
                        max_length=4,
                        verbose_name="état",
                    ),
                ),
                (
                    "origin",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="année d’origine"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
                (
                    "test",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="results.test",
                        verbose_name="épreuve",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "ordering": ["entry", "test", "round"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "test", "round"),
                        name="mark_is_unique_for_entry_test_round",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("round__in", [1, 2])),
                        name="mark_round_is_first_or_second",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__lte", 2000), ("value__isnull", True), _connector="OR"
                        ),
                        name="mark_is_out_of_20",
                        violation_error_message="Une note va de 0 à 20.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["ABS", "FM", "DISP"]), ("value__isnull", True)
                            ),
                            models.Q(("status__in", ["", "BEN", "REP"]), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="mark_has_a_value_or_the_reason_why_not",
                        violation_error_message="Il faut une note, ou un état (absent, force majeure, dispensé), pas les deux.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin__isnull", False), ("status__in", ["BEN", "REP"])),
                            models.Q(
                                models.Q(("status__in", ["BEN", "REP"]), _negated=True),
                                ("origin__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="mark_kept_has_its_year_of_origin",
                        violation_error_message="Une note conservée, et elle seule, porte son année d’origine.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "BEN"), _negated=True),
                            ("value__gte", 1000),
                            _connector="OR",
                        ),
                        name="mark_benefit_is_ten_or_more",
                        violation_error_message="Un bénéfice est une note de 10 ou plus.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "REP"), _negated=True),
                            ("value__lt", 1000),
                            _connector="OR",
                        ),
                        name="mark_carried_is_under_ten",
                        violation_error_message="Un report est une note inférieure à 10.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MarkEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")],
                        default=1,
                        verbose_name="tour",
                    ),
                ),
                (
                    "value",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="1250 pour 12,50 sur 20.",
                        null=True,
                        verbose_name="note en centièmes",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "noté"),
                            ("ABS", "absent"),
                            ("FM", "force majeure"),
                            ("DISP", "dispensé"),
                            ("BEN", "bénéfice"),
                            ("REP", "report"),
                        ],
                        default="",
                        max_length=4,
                        verbose_name="état",
                    ),
                ),
                (
                    "origin",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="année d’origine"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "test",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="results.test",
                        verbose_name="épreuve",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement (note)",
                "verbose_name_plural": "changements (note)",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")], verbose_name="tour"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("ADMITTED", "admis"),
                            ("CONTROL", "appelé au second tour"),
                            ("REFUSED", "refusé"),
                            ("ELIMINATED", "éliminé"),
                            ("WITHHELD", "suspendu"),
                            ("INCOMPLETE", "incomplet"),
                        ],
                        max_length=10,
                        verbose_name="décision",
                    ),
                ),
                (
                    "rule_verdict",
                    models.CharField(
                        choices=[
                            ("ADMITTED", "admis"),
                            ("CONTROL", "appelé au second tour"),
                            ("REFUSED", "refusé"),
                            ("ELIMINATED", "éliminé"),
                            ("WITHHELD", "suspendu"),
                            ("INCOMPLETE", "incomplet"),
                        ],
                        max_length=10,
                        verbose_name="décision de la règle",
                    ),
                ),
                ("mention", models.CharField(blank=True, max_length=60, verbose_name="mention")),
                (
                    "points",
                    models.DecimalField(decimal_places=4, max_digits=9, verbose_name="points"),
                ),
                (
                    "divisor",
                    models.DecimalField(decimal_places=4, max_digits=9, verbose_name="diviseur"),
                ),
                (
                    "average",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=4,
                        null=True,
                        verbose_name="moyenne (tronquée)",
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="motifs",
                    ),
                ),
                (
                    "jury_points",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=6,
                        null=True,
                        verbose_name="points de jury",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="calculée le",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision",
                "ordering": ["entry", "round"],
                "permissions": [("deliberate", "Peut délibérer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "round"), name="decision_is_unique_for_entry_and_round"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rule_verdict__in",
                                [
                                    "ADMITTED",
                                    "CONTROL",
                                    "REFUSED",
                                    "ELIMINATED",
                                    "WITHHELD",
                                    "INCOMPLETE",
                                ],
                            ),
                            (
                                "verdict__in",
                                [
                                    "ADMITTED",
                                    "CONTROL",
                                    "REFUSED",
                                    "ELIMINATED",
                                    "WITHHELD",
                                    "INCOMPLETE",
                                ],
                            ),
                        ),
                        name="decision_verdict_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mention", ""),
                            models.Q(("round", 1), ("verdict", "ADMITTED")),
                            _connector="OR",
                        ),
                        name="decision_mention_is_for_the_first_round",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JuryDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")],
                        default=1,
                        verbose_name="tour",
                    ),
                ),
                (
                    "points",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Ajoutés au total des points (notes × coefficients).",
                        max_digits=6,
                        verbose_name="points",
                    ),
                ),
                ("reason", models.TextField(verbose_name="motif")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="prise le",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jury_decisions",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision du jury",
                "verbose_name_plural": "décisions du jury",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "round"),
                        name="jury_decides_once_for_entry_and_round",
                        violation_error_message="Le jury s’est déjà prononcé pour ce candidat.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)),
                        name="jury_only_raises",
                        violation_error_message="Le jury ne peut que relever un candidat.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="jury_gives_its_reason",
                        violation_error_message="Une décision du jury est motivée.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JuryDecisionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")],
                        default=1,
                        verbose_name="tour",
                    ),
                ),
                (
                    "points",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Ajoutés au total des points (notes × coefficients).",
                        max_digits=6,
                        verbose_name="points",
                    ),
                ),
                ("reason", models.TextField(verbose_name="motif")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="prise le",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement (décision du jury)",
                "verbose_name_plural": "changements (décision du jury)",
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")],
                        default=1,
                        verbose_name="tour",
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="ouverture")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="programmée le",
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="ouverte le"
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="retirée le"),
                ),
                (
                    "withdrawal_message",
                    models.TextField(blank=True, verbose_name="message affiché pendant le retrait"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="programmée par",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="candidates.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "speciality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="candidates.speciality",
                        verbose_name="spécialité",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="retirée par",
                    ),
                ),
                (
                    "announced_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        null=True,
                        verbose_name="annoncée aux candidats le",
                    ),
                ),
            ],
            options={
                "verbose_name": "publication",
                "ordering": ["-opens_at", "session", "speciality", "round"],
                "permissions": [
                    ("release_results", "Peut programmer, ouvrir et retirer une publication")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "speciality", "round"),
                        name="release_is_unique_for_session_speciality_round",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("round__in", [1, 2])),
                        name="release_round_is_first_or_second",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "premier tour"), (2, "second tour")], verbose_name="tour"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="révision")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("ADMITTED", "admis"),
                            ("CONTROL", "appelé au second tour"),
                            ("REFUSED", "refusé"),
                            ("ELIMINATED", "éliminé"),
                            ("WITHHELD", "suspendu"),
                            ("INCOMPLETE", "incomplet"),
                        ],
                        max_length=10,
                        verbose_name="décision",
                    ),
                ),
                (
                    "web_listed",
                    models.BooleanField(default=False, verbose_name="sur la liste du web"),
                ),
                ("list_name", models.CharField(max_length=205, verbose_name="nom sur les listes")),
                ("sort_key", models.CharField(db_collation="C", editable=False, max_length=620)),
                ("search_key", models.CharField(db_collation="C", editable=False, max_length=420)),
                (
                    "posting_place",
                    models.CharField(blank=True, max_length=120, verbose_name="lieu d’affichage"),
                ),
                ("document", results.packed_document.field.PackedDocument(verbose_name="document")),
                (
                    "issued_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="établi le"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="motif de la correction")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="écrit le",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur de la correction",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_results",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="results.release",
                        verbose_name="publication",
                    ),
                ),
                (
                    "verification_code",
                    models.UUIDField(
                        editable=False, unique=True, verbose_name="code de vérification"
                    ),
                ),
            ],
            options={
                "verbose_name": "résultat publié",
                "verbose_name_plural": "résultats publiés",
                "ordering": ["sort_key", "pk"],
                "permissions": [("correct_result", "Peut corriger un résultat avec un motif")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "ADMITTED")),
                        fields=["release", "sort_key"],
                        name="published_result_admitted",
                    ),
                    models.Index(
                        condition=models.Q(("author__isnull", False)),
                        fields=["author"],
                        name="published_result_author",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "round", "revision"),
                        name="published_result_is_unique_for_entry_round_revision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "verdict__in",
                                [
                                    "ADMITTED",
                                    "CONTROL",
                                    "REFUSED",
                                    "ELIMINATED",
                                    "WITHHELD",
                                    "INCOMPLETE",
                                ],
                            ),
                            models.Q(("verdict", "INCOMPLETE"), _negated=True),
                        ),
                        name="published_result_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("web_listed", False), ("verdict", "ADMITTED"), _connector="OR"
                        ),
                        name="published_result_lists_only_the_admitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revision", 1),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="published_result_correction_has_its_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revision", 1),
                            ("issued_at__isnull", False),
                            _connector="OR",
                        ),
                        name="published_result_correction_has_its_hour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)),
                        name="published_result_revision_counts_from_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentPart",
            fields=[
                ("key", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
            ],
            options={
                "verbose_name": "partie commune de documents",
                "verbose_name_plural": "parties communes de documents",
            },
        ),
        migrations.CreateModel(
            name="SealedScoreSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.BinaryField(max_length=32)),
                ("pdf", models.BinaryField()),
                (
                    "sealed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "published_result",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sealed_score_sheets",
                        to="results.publishedresult",
                    ),
                ),
            ],
            options={
                "verbose_name": "relevé scellé",
                "verbose_name_plural": "relevés scellés",
                "ordering": ["published_result", "sealed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("published_result", "version"),
                        name="sealed_score_sheet_is_unique_for_its_version",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="results.release",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement d’une liste",
                "verbose_name_plural": "changements de listes",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mark",
            trigger=pgtrigger.compiler.Trigger(
                name="before_update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "results_markevent" ("entry_id", "id", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "round", "status", "test_id", "value") VALUES (OLD."entry_id", OLD."id", OLD."origin", _pgh_attach_context(), NOW(), \'before_update\', OLD."round", OLD."status", OLD."test_id", OLD."value"); RETURN NULL;',
                    hash="69106c1a8049ef0710941c1394ba1bf6b597bfd4",
                    operation="UPDATE",
                    pgid="pgtrigger_before_update_update_4b28d",
                    table="results_mark",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mark",
            trigger=pgtrigger.compiler.Trigger(
                name="before_delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "results_markevent" ("entry_id", "id", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "round", "status", "test_id", "value") VALUES (OLD."entry_id", OLD."id", OLD."origin", _pgh_attach_context(), NOW(), \'before_delete\', OLD."round", OLD."status", OLD."test_id", OLD."value"); RETURN NULL;',
                    hash="74dbff54c6e5290816c7712fe8c29314a1476592",
                    operation="DELETE",
                    pgid="pgtrigger_before_delete_delete_7ae2f",
                    table="results_mark",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jurydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="before_update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "results_jurydecisionevent" ("author_id", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "points", "reason", "round") VALUES (OLD."author_id", OLD."created_at", OLD."entry_id", OLD."id", _pgh_attach_context(), NOW(), \'before_update\', OLD."points", OLD."reason", OLD."round"); RETURN NULL;',
                    hash="08deb01d523f677ad0c4b9fbca9369bf4e45861f",
                    operation="UPDATE",
                    pgid="pgtrigger_before_update_update_be509",
                    table="results_jurydecision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jurydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="before_delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "results_jurydecisionevent" ("author_id", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "points", "reason", "round") VALUES (OLD."author_id", OLD."created_at", OLD."entry_id", OLD."id", _pgh_attach_context(), NOW(), \'before_delete\', OLD."points", OLD."reason", OLD."round"); RETURN NULL;',
                    hash="91e19ec6ce5e1b4f44422e76d60ec3f515b521eb",
                    operation="DELETE",
                    pgid="pgtrigger_before_delete_delete_8ce24",
                    table="results_jurydecision",
                    when="AFTER",
                ),
            ),
        ),
        _sql("constraints"),
        _sql("guards"),
        _sql("list_changes"),
    ]
