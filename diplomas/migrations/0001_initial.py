from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import candidates.models.requests


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
        ("results", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attestation",
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
                (
                    "verification_code",
                    models.UUIDField(
                        editable=False, unique=True, verbose_name="code de vérification"
                    ),
                ),
                (
                    "issued_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="établie le",
                    ),
                ),
                ("document", models.JSONField(verbose_name="document")),
                ("pdf", models.BinaryField()),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="établie par",
                    ),
                ),
                (
                    "published_result",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attestation",
                        to="results.publishedresult",
                        verbose_name="résultat publié",
                    ),
                ),
            ],
            options={
                "verbose_name": "attestation de réussite",
                "verbose_name_plural": "attestations de réussite",
                "ordering": ["-issued_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_by__isnull", True), ("published_result__isnull", False)
                            ),
                            models.Q(
                                ("issued_by__isnull", False), ("published_result__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="attestation_rests_on_a_result_or_on_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AttestationRequest",
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
                ("language", models.CharField(max_length=10, verbose_name="langue")),
                ("birth_name", models.CharField(max_length=80, verbose_name="nom de naissance")),
                (
                    "usage_name",
                    models.CharField(blank=True, max_length=80, verbose_name="nom d’usage"),
                ),
                ("given_names", models.CharField(max_length=120, verbose_name="prénoms")),
                ("birth_date", models.DateField(verbose_name="date de naissance")),
                ("birth_place", models.CharField(max_length=80, verbose_name="lieu de naissance")),
                ("exam", models.CharField(max_length=20, verbose_name="examen")),
                (
                    "speciality",
                    models.CharField(blank=True, max_length=150, verbose_name="spécialité"),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                (
                    "school",
                    models.CharField(blank=True, max_length=150, verbose_name="établissement"),
                ),
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
                ("city", models.CharField(max_length=38, verbose_name="ville")),
                ("country", models.CharField(max_length=38, verbose_name="pays")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                (
                    "proof",
                    models.FileField(
                        upload_to=candidates.models.requests.proof_path, verbose_name="pièce"
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
                    "submitted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="reçue le",
                    ),
                ),
                ("promised_on", models.DateField(verbose_name="réponse promise le")),
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
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="décidée le"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="motif du refus")),
                (
                    "academy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="candidates.academy",
                        verbose_name="académie",
                    ),
                ),
                (
                    "attestation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="diplomas.attestation",
                        verbose_name="attestation de réussite",
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
                        verbose_name="décidée par",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande d’attestation",
                "verbose_name_plural": "demandes d’attestation",
                "ordering": ["submitted_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attestation__isnull", True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state", "SUBMITTED"),
                            ),
                            models.Q(
                                ("attestation__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "ACCEPTED"),
                            ),
                            models.Q(
                                ("attestation__isnull", True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "REFUSED"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="attestation_request_is_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1950), ("year__lte", 2100)),
                        name="attestation_request_year_is_plausible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        help_text="Pour le service seulement\xa0: la page publique ne le montre pas.",
                        verbose_name="motif",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="révoqué le",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="par",
                    ),
                ),
                (
                    "published_result",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revocation",
                        to="results.publishedresult",
                        verbose_name="résultat publié",
                    ),
                ),
                (
                    "attestation",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revocation",
                        to="diplomas.attestation",
                        verbose_name="attestation de réussite",
                    ),
                ),
            ],
            options={
                "verbose_name": "révocation",
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="revocation_has_its_reason",
                        violation_error_message="Une révocation est motivée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attestation__isnull", True), ("published_result__isnull", False)
                            ),
                            models.Q(
                                ("attestation__isnull", False), ("published_result__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="revocation_is_of_one_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField(verbose_name="heure")),
                ("times", models.PositiveIntegerField(verbose_name="fois")),
                (
                    "published_result",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verification_openings",
                        to="results.publishedresult",
                        verbose_name="résultat publié",
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verification_openings",
                        to="diplomas.attestation",
                        verbose_name="attestation de réussite",
                    ),
                ),
            ],
            options={
                "verbose_name": "vérification",
                "ordering": ["published_result", "attestation", "-hour"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("published_result", "hour"),
                        name="verification_opening_counts_by_the_hour",
                    ),
                    models.UniqueConstraint(
                        fields=("attestation", "hour"),
                        name="attestation_opening_counts_by_the_hour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attestation__isnull", True), ("published_result__isnull", False)
                            ),
                            models.Q(
                                ("attestation__isnull", False), ("published_result__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="verification_opening_is_of_one_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DispatchBatch",
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
                (
                    "route",
                    models.CharField(
                        choices=[
                            ("SCHOOL", "à retirer dans l’établissement"),
                            ("HOME", "par la poste, au domicile"),
                        ],
                        max_length=10,
                        verbose_name="voie",
                    ),
                ),
                (
                    "addressee",
                    models.JSONField(blank=True, default=list, verbose_name="destinataire"),
                ),
                (
                    "size",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="diplômes"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="préparé le",
                    ),
                ),
                (
                    "sealed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="scellé le"),
                ),
                (
                    "printed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="imprimé le"),
                ),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="envoyé le")),
                (
                    "tracking",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="numéro du transporteur"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="préparé par",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="imprimé par",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch_batches",
                        to="candidates.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "sealed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="scellé par",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="envoyé par",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch_batches",
                        to="candidates.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot de diplômes",
                "verbose_name_plural": "lots de diplômes",
                "ordering": ["-pk"],
                "permissions": [
                    ("dispatch_diplomas", "Peut préparer, sceller et envoyer des diplômes")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("sealed_at__isnull", True)),
                        fields=("session", "route", "school"),
                        name="dispatch_batch_in_preparation_is_the_only_one",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("route", "SCHOOL"), ("school__isnull", False)),
                            models.Q(("route", "HOME"), ("school__isnull", True)),
                            _connector="OR",
                        ),
                        name="dispatch_batch_to_school_has_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("printed_at__isnull", True),
                            ("sealed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="dispatch_batch_is_sealed_before_print",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_on__isnull", True),
                            ("printed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="dispatch_batch_is_printed_before_it_leaves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sealed_at__isnull", True), ("size__gt", 0), _connector="OR"
                        ),
                        name="dispatch_batch_sealed_is_not_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Diploma",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="rang dans le lot"
                    ),
                ),
                ("address", models.JSONField(blank=True, null=True, verbose_name="adresse")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARED", "préparé"),
                            ("PRINTED", "imprimé"),
                            ("SENT_TO_SCHOOL", "envoyé à l’établissement"),
                            ("POSTED", "posté"),
                            ("ARRIVED", "arrivé"),
                            ("COLLECTED", "retiré"),
                            ("RETURNED", "revenu"),
                            ("SENT_AGAIN", "renvoyé"),
                            ("HELD", "retenu"),
                        ],
                        default="PREPARED",
                        editable=False,
                        max_length=14,
                        verbose_name="état",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="diploma",
                        to="candidates.entry",
                        verbose_name="inscription",
                    ),
                ),
                (
                    "published_result",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diplomas",
                        to="results.publishedresult",
                        verbose_name="résultat publié",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="diplomas",
                        to="diplomas.dispatchbatch",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "diplôme",
                "ordering": ["batch", "position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("batch__isnull", False), ("state", "HELD"), _connector="OR"
                        ),
                        name="diploma_is_in_a_batch_or_held",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "PREPARED",
                                    "PRINTED",
                                    "SENT_TO_SCHOOL",
                                    "POSTED",
                                    "ARRIVED",
                                    "COLLECTED",
                                    "RETURNED",
                                    "SENT_AGAIN",
                                    "HELD",
                                ],
                            )
                        ),
                        name="diploma_state_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustodyEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PRINTED", "imprimé"),
                            ("SENT_TO_SCHOOL", "envoyé à l’établissement"),
                            ("POSTED", "posté"),
                            ("ARRIVED", "arrivé"),
                            ("COLLECTED", "retiré"),
                            ("RETURNED", "revenu"),
                            ("SENT_AGAIN", "renvoyé"),
                            ("HELD", "retenu"),
                        ],
                        max_length=14,
                        verbose_name="étape",
                    ),
                ),
                ("day", models.DateField(verbose_name="jour")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="noté le",
                    ),
                ),
                ("note", models.TextField(blank=True, db_default="", verbose_name="remarque")),
                (
                    "tracking",
                    models.CharField(
                        blank=True,
                        db_default="",
                        max_length=60,
                        verbose_name="numéro du transporteur",
                    ),
                ),
                (
                    "collected_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CANDIDATE", "le candidat, pièce d’identité vue"),
                            ("PROXY", "une autre personne, procuration et pièces d’identité vues"),
                        ],
                        db_default="",
                        max_length=9,
                        verbose_name="remis à",
                    ),
                ),
                (
                    "proxy_name",
                    models.CharField(
                        blank=True,
                        db_default="",
                        max_length=120,
                        verbose_name="nom de cette personne",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NPAI", "inconnu à l’adresse (NPAI)"),
                            ("UNCLAIMED", "non réclamé"),
                            ("OTHER", "autre"),
                        ],
                        db_default="",
                        max_length=9,
                        verbose_name="cause",
                    ),
                ),
                ("address", models.JSONField(blank=True, null=True, verbose_name="adresse")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="par",
                    ),
                ),
                (
                    "diploma",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="diplomas.diploma",
                        verbose_name="diplôme",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="diplomas.dispatchbatch",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’un diplôme",
                "verbose_name_plural": "étapes des diplômes",
                "ordering": ["diploma", "pk"],
                "permissions": [
                    ("record_custody", "Peut noter la remise et le retour d’un diplôme")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "PRINTED")),
                        fields=("diploma",),
                        name="diploma_is_printed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "COLLECTED")),
                        fields=("diploma",),
                        name="diploma_is_collected_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("collected_by__in", ["CANDIDATE", "PROXY"]), ("kind", "COLLECTED")
                            ),
                            models.Q(
                                models.Q(("kind", "COLLECTED"), _negated=True), ("collected_by", "")
                            ),
                            _connector="OR",
                        ),
                        name="custody_collected_says_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("collected_by", "PROXY"),
                                models.Q(("proxy_name", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("collected_by", "PROXY"), _negated=True),
                                ("proxy_name", ""),
                            ),
                            _connector="OR",
                        ),
                        name="custody_proxy_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "RETURNED"), models.Q(("cause", ""), _negated=True)),
                            models.Q(models.Q(("kind", "RETURNED"), _negated=True), ("cause", "")),
                            _connector="OR",
                        ),
                        name="custody_returned_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "HELD"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="custody_held_says_why",
                    ),
                ],
            },
        ),
        _sql("constraints"),
        _sql("attestations"),
        _sql("dispatch"),
        _sql("visitors_role"),
    ]
