from pathlib import Path

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import candidates.models.requests
import candidates.names.searching


def _sql(subject):
    """Run sql/<subject>.sql, and backwards sql/<subject>_undo.sql."""
    folder = Path(__file__).parent / "sql"
    return migrations.RunSQL(
        (folder / f"{subject}.sql").read_text(), (folder / f"{subject}_undo.sql").read_text()
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Academy",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=2, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="nom")),
                (
                    "managed",
                    models.BooleanField(
                        default=False,
                        help_text="Les diplômes de cette académie sont délivrés par cet office.",
                        verbose_name="gérée par cet office",
                    ),
                ),
                ("rectorat", models.CharField(max_length=120, verbose_name="rectorat")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="adresse")),
                ("website", models.URLField(blank=True, verbose_name="site")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
            ],
            options={
                "verbose_name": "académie",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{2}$")),
                        name="academy_code_is_two_digits",
                        violation_error_message="Le code d’une académie a deux chiffres.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="School",
            fields=[
                (
                    "uai",
                    models.CharField(
                        max_length=8, primary_key=True, serialize=False, verbose_name="UAI"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="nom")),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("PUBLIC", "public"),
                            ("PRIVE_SOUS_CONTRAT", "privé sous contrat"),
                            ("PRIVE_HORS_CONTRAT", "privé hors contrat"),
                            ("CFA", "centre de formation d’apprentis"),
                            ("DISTANCE", "enseignement à distance"),
                        ],
                        max_length=20,
                        verbose_name="secteur",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="adresse")),
                (
                    "postcode",
                    models.CharField(blank=True, max_length=10, verbose_name="code postal"),
                ),
                ("city", models.CharField(blank=True, max_length=60, verbose_name="ville")),
                (
                    "academy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schools",
                        to="candidates.academy",
                        verbose_name="académie",
                    ),
                ),
            ],
            options={
                "verbose_name": "établissement",
                "ordering": ["name", "uai"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sector__in",
                                [
                                    "PUBLIC",
                                    "PRIVE_SOUS_CONTRAT",
                                    "PRIVE_HORS_CONTRAT",
                                    "CFA",
                                    "DISTANCE",
                                ],
                            )
                        ),
                        name="school_sector_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                ("exam", models.CharField(max_length=20, verbose_name="examen")),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                ("label", models.CharField(max_length=120, verbose_name="libellé")),
                (
                    "score_sheets_mailed_on",
                    models.DateField(
                        blank=True, null=True, verbose_name="envoi des relevés de notes"
                    ),
                ),
                (
                    "register_again_from",
                    models.DateField(
                        blank=True, null=True, verbose_name="réinscription, à partir du"
                    ),
                ),
                (
                    "register_again_until",
                    models.DateField(blank=True, null=True, verbose_name="réinscription, jusqu’au"),
                ),
                (
                    "control_choose_by",
                    models.DateField(
                        blank=True,
                        null=True,
                        verbose_name="choix des épreuves du second tour, jusqu’au",
                    ),
                ),
                (
                    "control_tests_from",
                    models.DateField(
                        blank=True, null=True, verbose_name="épreuves du second tour, à partir du"
                    ),
                ),
                (
                    "control_tests_until",
                    models.DateField(
                        blank=True, null=True, verbose_name="épreuves du second tour, jusqu’au"
                    ),
                ),
                (
                    "diplomas_at_school_from",
                    models.DateField(
                        blank=True,
                        null=True,
                        verbose_name="diplômes remis par les établissements, à partir du",
                    ),
                ),
                (
                    "diplomas_posted_from",
                    models.DateField(
                        blank=True, null=True, verbose_name="diplômes postés, à partir du"
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "ordering": ["-year", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9-]*$")),
                        name="session_code_is_capitals_digits_hyphens",
                        violation_error_message="Lettres capitales, chiffres et tirets seulement.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1950), ("year__lte", 2100)),
                        name="session_year_is_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("register_again_from__isnull", True),
                            ("register_again_until__isnull", True),
                            ("register_again_until__gte", models.F("register_again_from")),
                            _connector="OR",
                        ),
                        name="session_registration_ends_after_it_begins",
                        violation_error_message="La réinscription finit avant d’avoir commencé.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("control_tests_from__isnull", True),
                            ("control_tests_until__isnull", True),
                            ("control_tests_until__gte", models.F("control_tests_from")),
                            _connector="OR",
                        ),
                        name="session_control_tests_end_after_they_begin",
                        violation_error_message="Le second tour finit avant d’avoir commencé.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Speciality",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("exam", models.CharField(max_length=20, verbose_name="examen")),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                ("label", models.CharField(max_length=150, verbose_name="libellé")),
                ("from_session", models.PositiveSmallIntegerField(verbose_name="première session")),
            ],
            options={
                "verbose_name": "spécialité",
                "ordering": ["exam", "label", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9-]*$")),
                        name="speciality_code_is_capitals_digits_hyphens",
                        violation_error_message="Lettres capitales, chiffres et tirets seulement.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ine", models.CharField(blank=True, max_length=11, verbose_name="INE")),
                ("birth_name", models.CharField(max_length=80, verbose_name="nom de naissance")),
                (
                    "usage_name",
                    models.CharField(blank=True, max_length=80, verbose_name="nom d’usage"),
                ),
                ("given_names", models.CharField(max_length=120, verbose_name="prénoms")),
                ("birth_date", models.DateField(verbose_name="date de naissance")),
                (
                    "birth_place",
                    models.CharField(blank=True, max_length=80, verbose_name="lieu de naissance"),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                (
                    "address1",
                    models.CharField(blank=True, max_length=38, verbose_name="adresse, ligne 1"),
                ),
                (
                    "address2",
                    models.CharField(blank=True, max_length=38, verbose_name="adresse, ligne 2"),
                ),
                (
                    "address3",
                    models.CharField(blank=True, max_length=38, verbose_name="adresse, ligne 3"),
                ),
                (
                    "postcode",
                    models.CharField(blank=True, max_length=12, verbose_name="code postal"),
                ),
                ("city", models.CharField(blank=True, max_length=38, verbose_name="ville")),
                ("country", models.CharField(default="FRANCE", max_length=38, verbose_name="pays")),
                (
                    "address_chosen_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Depuis, les fichiers importés ne changent plus ni l’adresse ni le courriel.",
                        null=True,
                        verbose_name="adresse changée en ligne le",
                    ),
                ),
            ],
            options={
                "verbose_name": "candidat",
                "ordering": ["birth_name", "given_names", "pk"],
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            candidates.names.searching.BareName("birth_name"),
                            name="text_pattern_ops",
                        ),
                        name="candidate_birth_name",
                    ),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            candidates.names.searching.BareName("usage_name"),
                            name="text_pattern_ops",
                        ),
                        condition=models.Q(("usage_name", ""), _negated=True),
                        name="candidate_usage_name",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ine", ""), _negated=True),
                        fields=("ine",),
                        name="candidate_ine_is_unique",
                        violation_error_message="Cet INE est déjà celui d’un autre candidat.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("birth_name", ""), _negated=True),
                            models.Q(("given_names", ""), _negated=True),
                        ),
                        name="candidate_has_names",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("birth_date__gte", "1900-01-01")),
                        name="candidate_birth_date_is_plausible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CandidateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("ine", models.CharField(blank=True, max_length=11, verbose_name="INE")),
                ("birth_name", models.CharField(max_length=80, verbose_name="nom de naissance")),
                (
                    "usage_name",
                    models.CharField(blank=True, max_length=80, verbose_name="nom d’usage"),
                ),
                ("given_names", models.CharField(max_length=120, verbose_name="prénoms")),
                ("birth_date", models.DateField(verbose_name="date de naissance")),
                (
                    "birth_place",
                    models.CharField(blank=True, max_length=80, verbose_name="lieu de naissance"),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                (
                    "address1",
                    models.CharField(blank=True, max_length=38, verbose_name="adresse, ligne 1"),
                ),
                (
                    "address2",
                    models.CharField(blank=True, max_length=38, verbose_name="adresse, ligne 2"),
                ),
                (
                    "address3",
                    models.CharField(blank=True, max_length=38, verbose_name="adresse, ligne 3"),
                ),
                (
                    "postcode",
                    models.CharField(blank=True, max_length=12, verbose_name="code postal"),
                ),
                ("city", models.CharField(blank=True, max_length=38, verbose_name="ville")),
                ("country", models.CharField(default="FRANCE", max_length=38, verbose_name="pays")),
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
                "verbose_name": "changement (candidat)",
                "verbose_name_plural": "changements (candidat)",
                "indexes": [models.Index(fields=["id"], name="candidates__id_2d157d_idx")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="numéro de candidat")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("SCOLAIRE", "scolaire"),
                            ("APPRENTI", "apprenti"),
                            ("FORMATION_CONTINUE", "formation continue"),
                            ("INDIVIDUEL", "individuel"),
                            ("DISTANCE", "enseignement à distance"),
                        ],
                        max_length=20,
                        verbose_name="statut",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("G", "globale"), ("P", "progressive")],
                        default="G",
                        max_length=1,
                        verbose_name="forme",
                    ),
                ),
                (
                    "posting_place",
                    models.CharField(blank=True, max_length=120, verbose_name="lieu d’affichage"),
                ),
                (
                    "web_consent",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        verbose_name="accepte la publication sur le web",
                    ),
                ),
                (
                    "withheld",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Procédure disciplinaire en cours : aucun résultat n’est communiqué.",
                        verbose_name="résultat suspendu",
                    ),
                ),
                ("access_code_digest", models.BinaryField(max_length=32)),
                ("credential", models.BinaryField(db_index=True, max_length=32)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="créée le",
                    ),
                ),
                (
                    "academy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="candidates.academy",
                        verbose_name="académie",
                    ),
                ),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="candidates.candidate",
                        verbose_name="candidat",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="candidates.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="candidates.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "speciality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="candidates.speciality",
                        verbose_name="spécialité",
                    ),
                ),
                (
                    "web_consent_chosen_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Depuis, les fichiers importés ne changent plus ce choix.",
                        null=True,
                        verbose_name="choix de publication fait en ligne le",
                    ),
                ),
            ],
            options={
                "verbose_name": "inscription",
                "ordering": ["session", "number"],
                "indexes": [
                    models.Index(fields=["session", "speciality"], name="entry_session_speciality"),
                    models.Index(
                        fields=["number"], name="entry_number", opclasses=["varchar_pattern_ops"]
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "number"),
                        name="entry_number_is_unique_in_its_session",
                        violation_error_message="Ce numéro existe déjà dans cette session.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[0-9A-Z]{1,20}$")),
                        name="entry_number_is_letters_and_digits",
                        violation_error_message="Lettres capitales et chiffres seulement.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "SCOLAIRE",
                                    "APPRENTI",
                                    "FORMATION_CONTINUE",
                                    "INDIVIDUEL",
                                    "DISTANCE",
                                ],
                            )
                        ),
                        name="entry_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ["G", "P"])), name="entry_form_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=20, verbose_name="numéro de candidat")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("SCOLAIRE", "scolaire"),
                            ("APPRENTI", "apprenti"),
                            ("FORMATION_CONTINUE", "formation continue"),
                            ("INDIVIDUEL", "individuel"),
                            ("DISTANCE", "enseignement à distance"),
                        ],
                        max_length=20,
                        verbose_name="statut",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("G", "globale"), ("P", "progressive")],
                        default="G",
                        max_length=1,
                        verbose_name="forme",
                    ),
                ),
                (
                    "posting_place",
                    models.CharField(blank=True, max_length=120, verbose_name="lieu d’affichage"),
                ),
                (
                    "web_consent",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        verbose_name="accepte la publication sur le web",
                    ),
                ),
                (
                    "withheld",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Procédure disciplinaire en cours : aucun résultat n’est communiqué.",
                        verbose_name="résultat suspendu",
                    ),
                ),
                (
                    "academy",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.academy",
                        verbose_name="académie",
                    ),
                ),
                (
                    "candidate",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.candidate",
                        verbose_name="candidat",
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
                    "school",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "speciality",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="candidates.speciality",
                        verbose_name="spécialité",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement (inscription)",
                "verbose_name_plural": "changements (inscription)",
                "indexes": [models.Index(fields=["id"], name="candidates__id_92227a_idx")],
            },
        ),
        migrations.CreateModel(
            name="FailedIdentification",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
                ("failures", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "échec d’identification",
                "verbose_name_plural": "échecs d’identification",
            },
        ),
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(max_length=13, unique=True, verbose_name="référence"),
                ),
                ("form_key", models.CharField(editable=False, max_length=64, unique=True)),
                ("old", models.JSONField(verbose_name="avant")),
                ("new", models.JSONField(verbose_name="après")),
                ("mailings", models.JSONField(default=list, verbose_name="envois concernés")),
                (
                    "requested_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="demandé le",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="address_changes",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement d’adresse",
                "verbose_name_plural": "changements d’adresse",
                "ordering": ["-requested_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new")), _negated=True),
                        name="address_change_changes_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReDispatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="envoi")),
                ("label", models.CharField(max_length=200, verbose_name="libellé")),
                ("mailed_on", models.DateField(blank=True, null=True, verbose_name="envoyé le")),
                (
                    "sealed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="préparé le"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("TO_DECIDE", "à renvoyer\xa0?"),
                            ("SENT_AGAIN", "renvoyé"),
                            ("CLOSED", "classé"),
                        ],
                        default="TO_DECIDE",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="remarque")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="décidé le"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="signalé le",
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redispatches",
                        to="candidates.addresschange",
                        verbose_name="changement d’adresse",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redispatches",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "envoi à refaire\xa0?",
                "verbose_name_plural": "envois à refaire\xa0?",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "TO_DECIDE")),
                        fields=("entry", "kind"),
                        name="redispatch_is_decided_once_for_entry_and_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "TO_DECIDE")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["SENT_AGAIN", "CLOSED"]),
                            ),
                            _connector="OR",
                        ),
                        name="redispatch_decided_has_its_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(max_length=13, unique=True, verbose_name="référence"),
                ),
                ("form_key", models.CharField(editable=False, max_length=64, unique=True)),
                ("present", models.JSONField(verbose_name="au dossier")),
                ("asked", models.JSONField(verbose_name="demandé")),
                ("explanation", models.TextField(blank=True, verbose_name="explication")),
                (
                    "proof",
                    models.FileField(
                        blank=True,
                        upload_to=candidates.models.requests.proof_path,
                        verbose_name="pièce",
                    ),
                ),
                (
                    "proof_type",
                    models.CharField(
                        choices=[
                            ("application/pdf", "PDF"),
                            ("image/jpeg", "JPEG"),
                            ("image/png", "PNG"),
                        ],
                        max_length=20,
                        verbose_name="type de la pièce",
                    ),
                ),
                (
                    "proof_size",
                    models.PositiveIntegerField(verbose_name="taille de la pièce, en octets"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "à examiner"),
                            ("ACCEPTED", "acceptée"),
                            ("REFUSED", "refusée"),
                        ],
                        default="SUBMITTED",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="reçue le",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="décidée le"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="motif de la décision")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidée par",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_requests",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande sur l’état civil",
                "verbose_name_plural": "demandes sur l’état civil",
                "ordering": ["-submitted_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "SUBMITTED")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["ACCEPTED", "REFUSED"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="identity_request_decided_has_date_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("present", models.F("asked")), _negated=True),
                        name="identity_request_asks_for_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Circular",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        editable=False, max_length=120, unique=True, verbose_name="clé"
                    ),
                ),
                ("language", models.CharField(max_length=2, verbose_name="langue")),
                ("subject", models.CharField(max_length=200, verbose_name="objet")),
                ("text", models.TextField(verbose_name="texte")),
                ("html", models.TextField(verbose_name="texte mis en forme")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="écrite le",
                    ),
                ),
                (
                    "stopped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="arrêtée le"),
                ),
            ],
            options={
                "verbose_name": "lettre commune",
                "verbose_name_plural": "lettres communes",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        editable=False, max_length=120, unique=True, verbose_name="clé"
                    ),
                ),
                ("to", models.EmailField(blank=True, max_length=254, verbose_name="destinataire")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="objet")),
                ("text", models.TextField(blank=True, verbose_name="texte")),
                ("html", models.TextField(blank=True, verbose_name="texte mis en forme")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "à envoyer"),
                            ("HANDED", "remis, sans réponse du serveur"),
                            ("SENT", "envoyé"),
                            ("FAILED", "abandonné"),
                        ],
                        default="WAITING",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                (
                    "not_before",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="pas avant",
                    ),
                ),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=200, verbose_name="dernière erreur"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="écrit le",
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="envoyé le")),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FILE", "votre dossier"),
                            ("RELEASE", "résultats"),
                            ("DOCUMENT", "diplôme et attestation"),
                        ],
                        default="FILE",
                        max_length=10,
                        verbose_name="sujet",
                    ),
                ),
                (
                    "circular",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="candidates.circular",
                        verbose_name="lettre commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("circular__isnull", True), ("state", "WAITING")),
                        fields=["not_before", "id"],
                        name="message_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("circular__isnull", False), ("state", "WAITING")),
                        fields=["not_before", "id"],
                        name="message_waiting_circular",
                    ),
                    models.Index(
                        condition=models.Q(("state", "HANDED")),
                        fields=["id"],
                        name="message_handed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "SENT")),
                            models.Q(
                                models.Q(("state", "SENT"), _negated=True),
                                ("sent_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="message_sent_has_its_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("circular__isnull", False),
                                ("entry__isnull", False),
                                ("subject", ""),
                                ("text", ""),
                            ),
                            models.Q(
                                ("circular__isnull", True),
                                models.Q(("text", ""), _negated=True),
                                models.Q(("subject", ""), _negated=True),
                                models.Q(("to", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="message_has_a_text_of_its_own_or_a_circular",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["FILE", "RELEASE", "DOCUMENT"])),
                        name="message_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageChoices",
            fields=[
                (
                    "candidate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="message_choices",
                        serialize=False,
                        to="candidates.candidate",
                        verbose_name="candidat",
                    ),
                ),
                ("releases", models.BooleanField(default=True, verbose_name="résultats")),
                (
                    "documents",
                    models.BooleanField(default=True, verbose_name="diplôme et attestation"),
                ),
                ("language", models.CharField(blank=True, max_length=2, verbose_name="langue")),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="choisi le",
                    ),
                ),
            ],
            options={
                "verbose_name": "choix de courriels",
                "verbose_name_plural": "choix de courriels",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["", "fr", "en"])),
                        name="message_language_is_known",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="candidate",
            trigger=pgtrigger.compiler.Trigger(
                name="before_update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address1" IS DISTINCT FROM (NEW."address1") OR OLD."address2" IS DISTINCT FROM (NEW."address2") OR OLD."address3" IS DISTINCT FROM (NEW."address3") OR OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."birth_name" IS DISTINCT FROM (NEW."birth_name") OR OLD."birth_place" IS DISTINCT FROM (NEW."birth_place") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."given_names" IS DISTINCT FROM (NEW."given_names") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."ine" IS DISTINCT FROM (NEW."ine") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."usage_name" IS DISTINCT FROM (NEW."usage_name"))',
                    func='INSERT INTO "candidates_candidateevent" ("address1", "address2", "address3", "birth_date", "birth_name", "birth_place", "city", "country", "email", "given_names", "id", "ine", "pgh_context_id", "pgh_created_at", "pgh_label", "postcode", "usage_name") VALUES (OLD."address1", OLD."address2", OLD."address3", OLD."birth_date", OLD."birth_name", OLD."birth_place", OLD."city", OLD."country", OLD."email", OLD."given_names", OLD."id", OLD."ine", _pgh_attach_context(), NOW(), \'before_update\', OLD."postcode", OLD."usage_name"); RETURN NULL;',
                    hash="ede8dcd7d42581a587172d6b8052e59c2149c987",
                    operation="UPDATE",
                    pgid="pgtrigger_before_update_update_4150a",
                    table="candidates_candidate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="candidate",
            trigger=pgtrigger.compiler.Trigger(
                name="before_delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "candidates_candidateevent" ("address1", "address2", "address3", "birth_date", "birth_name", "birth_place", "city", "country", "email", "given_names", "id", "ine", "pgh_context_id", "pgh_created_at", "pgh_label", "postcode", "usage_name") VALUES (OLD."address1", OLD."address2", OLD."address3", OLD."birth_date", OLD."birth_name", OLD."birth_place", OLD."city", OLD."country", OLD."email", OLD."given_names", OLD."id", OLD."ine", _pgh_attach_context(), NOW(), \'before_delete\', OLD."postcode", OLD."usage_name"); RETURN NULL;',
                    hash="7a9e59cee76293460c590714f4938254f6dc7a11",
                    operation="DELETE",
                    pgid="pgtrigger_before_delete_delete_58190",
                    table="candidates_candidate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="before_update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."academy_id" IS DISTINCT FROM (NEW."academy_id") OR OLD."candidate_id" IS DISTINCT FROM (NEW."candidate_id") OR OLD."form" IS DISTINCT FROM (NEW."form") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."posting_place" IS DISTINCT FROM (NEW."posting_place") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."speciality_id" IS DISTINCT FROM (NEW."speciality_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."web_consent" IS DISTINCT FROM (NEW."web_consent") OR OLD."withheld" IS DISTINCT FROM (NEW."withheld"))',
                    func='INSERT INTO "candidates_entryevent" ("academy_id", "candidate_id", "form", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "posting_place", "school_id", "session_id", "speciality_id", "status", "web_consent", "withheld") VALUES (OLD."academy_id", OLD."candidate_id", OLD."form", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'before_update\', OLD."posting_place", OLD."school_id", OLD."session_id", OLD."speciality_id", OLD."status", OLD."web_consent", OLD."withheld"); RETURN NULL;',
                    hash="4fb4cfc50ff6043b608edb3f942c81fe046006b4",
                    operation="UPDATE",
                    pgid="pgtrigger_before_update_update_4bf70",
                    table="candidates_entry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="before_delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "candidates_entryevent" ("academy_id", "candidate_id", "form", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "posting_place", "school_id", "session_id", "speciality_id", "status", "web_consent", "withheld") VALUES (OLD."academy_id", OLD."candidate_id", OLD."form", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'before_delete\', OLD."posting_place", OLD."school_id", OLD."session_id", OLD."speciality_id", OLD."status", OLD."web_consent", OLD."withheld"); RETURN NULL;',
                    hash="17c791ca9f04e655a6ab8d5bc129abbd41cdd53b",
                    operation="DELETE",
                    pgid="pgtrigger_before_delete_delete_8d828",
                    table="candidates_entry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="addresschange",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_as_written",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7571c38050adf0674a2f4779836fd682a53f40fa",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_as_written_e74fe",
                    table="candidates_addresschange",
                    when="BEFORE",
                ),
            ),
        ),
        _sql("constraints"),
    ]
