from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.history import kept_in_history
from candidates.models import Entry, Session, Speciality
from results.packed_document import PackedDocument

ROUNDS = [(1, _("premier tour")), (2, _("second tour"))]


class Regulation(models.Model):
    """The rules of one speciality (règlement d'examen), as its TOML file gives them."""

    class Absence(models.TextChoices):
        ELIMINATORY = "eliminatory", _("éliminatoire")
        ZERO = "zero", _("vaut zéro")

    speciality = models.OneToOneField(
        Speciality, models.PROTECT, primary_key=True, verbose_name=_("spécialité")
    )
    pass_mark = models.DecimalField(_("moyenne exigée"), max_digits=4, decimal_places=2)
    absence = models.CharField(_("absence"), max_length=12, choices=Absence)
    second_round = models.JSONField(_("second tour"), null=True, blank=True)
    mentions = models.JSONField(_("mentions"), default=list, blank=True)
    group_minimum = models.JSONField(_("moyenne exigée par groupe"), default=dict, blank=True)
    mention_with_kept_marks = models.BooleanField(
        _("mention possible avec des notes conservées"), default=True
    )
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("règlement d’examen")
        verbose_name_plural = _("règlements d’examen")
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_mark__gt=0, pass_mark__lte=20),
                name="regulation_pass_mark_is_out_of_20",
            ),
            models.CheckConstraint(
                condition=Q(absence__in=["eliminatory", "zero"]), name="regulation_absence_is_known"
            ),
        ]

    def __str__(self):
        return str(self.speciality)


class Test(models.Model):
    """A test (épreuve) of a speciality, or a part of one when `whole` is set."""

    __test__ = False  # not for pytest

    speciality = models.ForeignKey(
        Speciality, models.PROTECT, related_name="tests", verbose_name=_("spécialité")
    )
    whole = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("épreuve dont c’est une partie"),
    )
    code = models.CharField(_("code"), max_length=20)
    label = models.CharField(_("libellé"), max_length=200)
    coefficient = models.DecimalField(_("coefficient"), max_digits=5, decimal_places=2)
    group = models.CharField(_("groupe"), max_length=30, blank=True)
    optional = models.BooleanField(_("facultative"), default=False)
    minimum = models.DecimalField(
        _("note éliminatoire sous"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    kept = models.BooleanField(
        _("reste acquise"),
        default=True,
        help_text=_("Une note de 10 ou plus reste acquise au candidat qui n’est pas admis."),
    )
    position = models.PositiveSmallIntegerField(_("rang"))

    class Meta:
        verbose_name = _("épreuve")
        ordering = ["speciality", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["speciality", "code"], name="test_code_is_unique_in_its_speciality"
            ),
            models.CheckConstraint(
                condition=Q(coefficient__gt=0), name="test_coefficient_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(whole__isnull=True) | ~Q(whole=F("pk")),
                name="test_is_no_part_of_itself",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.label}"


@kept_in_history()
class Mark(models.Model):
    """A mark (note) in hundredths of a point out of 20, or the reason why there is none."""

    class Status(models.TextChoices):
        GRADED = "", _("noté")
        ABSENT = "ABS", _("absent")
        FORCE_MAJEURE = "FM", _("force majeure")
        EXEMPT = "DISP", _("dispensé")
        BENEFIT = "BEN", _("bénéfice")
        CARRIED = "REP", _("report")

    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        related_name="marks",
        verbose_name=_("inscription"),
        db_index=False,
    )
    test = models.ForeignKey(
        Test, models.PROTECT, related_name="marks", verbose_name=_("épreuve"), db_index=False
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS, default=1)
    value = models.PositiveSmallIntegerField(
        _("note en centièmes"), null=True, blank=True, help_text=_("1250 pour 12,50 sur 20.")
    )
    status = models.CharField(_("état"), max_length=4, choices=Status, blank=True, default="")
    origin = models.PositiveSmallIntegerField(_("année d’origine"), null=True, blank=True)

    class Meta:
        verbose_name = _("note")
        ordering = ["entry", "test", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "test", "round"], name="mark_is_unique_for_entry_test_round"
            ),
            models.CheckConstraint(
                condition=Q(round__in=[1, 2]), name="mark_round_is_first_or_second"
            ),
            models.CheckConstraint(
                condition=Q(value__lte=2000) | Q(value__isnull=True),
                name="mark_is_out_of_20",
                violation_error_message=_("Une note va de 0 à 20."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ABS", "FM", "DISP"], value__isnull=True)
                | Q(status__in=["", "BEN", "REP"], value__isnull=False),
                name="mark_has_a_value_or_the_reason_why_not",
                violation_error_message=_(
                    "Il faut une note, ou un état (absent, force majeure, dispensé), pas les deux."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["BEN", "REP"], origin__isnull=False)
                | (~Q(status__in=["BEN", "REP"]) & Q(origin__isnull=True)),
                name="mark_kept_has_its_year_of_origin",
                violation_error_message=_(
                    "Une note conservée, et elle seule, porte son année d’origine."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status="BEN") | Q(value__gte=1000),
                name="mark_benefit_is_ten_or_more",
                violation_error_message=_("Un bénéfice est une note de 10 ou plus."),
            ),
            models.CheckConstraint(
                condition=~Q(status="REP") | Q(value__lt=1000),
                name="mark_carried_is_under_ten",
                violation_error_message=_("Un report est une note inférieure à 10."),
            ),
        ]

    def __str__(self):
        return f"{self.entry_id}/{self.test_id}/{self.round}"


@kept_in_history()
class JuryDecision(models.Model):
    """Points that the jury, sovereign, grants a candidate by a reasoned decision."""

    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="jury_decisions", verbose_name=_("inscription")
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS, default=1)
    points = models.DecimalField(
        _("points"),
        max_digits=6,
        decimal_places=2,
        help_text=_("Ajoutés au total des points (notes × coefficients)."),
    )
    reason = models.TextField(_("motif"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("auteur")
    )
    created_at = models.DateTimeField(_("prise le"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("décision du jury")
        verbose_name_plural = _("décisions du jury")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "round"],
                name="jury_decides_once_for_entry_and_round",
                violation_error_message=_("Le jury s’est déjà prononcé pour ce candidat."),
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0),
                name="jury_only_raises",
                violation_error_message=_("Le jury ne peut que relever un candidat."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="jury_gives_its_reason",
                violation_error_message=_("Une décision du jury est motivée."),
            ),
        ]

    def __str__(self):
        return f"{self.entry_id} +{self.points}"


class Verdict(models.TextChoices):
    ADMITTED = "ADMITTED", _("admis")
    CONTROL = "CONTROL", _("appelé au second tour")
    REFUSED = "REFUSED", _("refusé")
    ELIMINATED = "ELIMINATED", _("éliminé")
    WITHHELD = "WITHHELD", _("suspendu")
    INCOMPLETE = "INCOMPLETE", _("incomplet")


_VERDICTS = ["ADMITTED", "CONTROL", "REFUSED", "ELIMINATED", "WITHHELD", "INCOMPLETE"]


class Decision(models.Model):
    """What the jury's rules make of one entry after a round (délibération).

    `points` and `average` are cut for display; the verdict compared the exact fractions.
    """

    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        related_name="decisions",
        verbose_name=_("inscription"),
        db_index=False,
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS)
    verdict = models.CharField(_("décision"), max_length=10, choices=Verdict)
    rule_verdict = models.CharField(_("décision de la règle"), max_length=10, choices=Verdict)
    mention = models.CharField(_("mention"), max_length=60, blank=True)
    points = models.DecimalField(_("points"), max_digits=9, decimal_places=4)
    divisor = models.DecimalField(_("diviseur"), max_digits=9, decimal_places=4)
    average = models.DecimalField(
        _("moyenne (tronquée)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    reasons = ArrayField(
        models.CharField(max_length=60), verbose_name=_("motifs"), default=list, blank=True
    )
    jury_points = models.DecimalField(
        _("points de jury"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    decided_at = models.DateTimeField(_("calculée le"), db_default=Now())

    class Meta:
        verbose_name = _("décision")
        permissions = [("deliberate", _("Peut délibérer"))]
        ordering = ["entry", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "round"], name="decision_is_unique_for_entry_and_round"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=_VERDICTS, rule_verdict__in=_VERDICTS),
                name="decision_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=Q(mention="") | Q(verdict="ADMITTED", round=1),
                name="decision_mention_is_for_the_first_round",
            ),
        ]

    def __str__(self):
        return f"{self.entry_id}: {self.verdict}"


class ReleaseQuerySet(models.QuerySet):
    def open(self, at=None):
        """Releases that the public may read at the instant `at` (default: the database's now)."""
        return self.filter(opens_at__lte=at or Now(), withdrawn_at=None)

    def upcoming(self, at=None):
        return self.filter(opens_at__gt=at or Now(), withdrawn_at=None)


class Release(models.Model):
    """The moment (affichage) at which one speciality's results of one round become public.

    Nothing needs to happen at that moment: what it opens is already written, and the clock of the
    database decides. `opened_at` is set by a trigger when an open release is withdrawn: what has
    once been seen stays frozen.
    """

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="releases", verbose_name=_("session")
    )
    speciality = models.ForeignKey(
        Speciality, models.PROTECT, related_name="releases", verbose_name=_("spécialité")
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS, default=1)
    opens_at = models.DateTimeField(_("ouverture"))
    created_at = models.DateTimeField(_("programmée le"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programmée par"),
    )
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True, editable=False)
    announced_at = models.DateTimeField(
        _("annoncée aux candidats le"), null=True, blank=True, editable=False
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retirée par"),
    )
    withdrawal_message = models.TextField(_("message affiché pendant le retrait"), blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        permissions = [("release_results", _("Peut programmer, ouvrir et retirer une publication"))]
        ordering = ["-opens_at", "session", "speciality", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "speciality", "round"],
                name="release_is_unique_for_session_speciality_round",
            ),
            models.CheckConstraint(
                condition=Q(round__in=[1, 2]), name="release_round_is_first_or_second"
            ),
        ]

    def __str__(self):
        return f"{self.session} – {self.speciality}"

    def is_open(self, at):
        return self.withdrawn_at is None and self.opens_at <= at


class DocumentPart(models.Model):
    """What many published documents have in common: see `results.shared_parts`.

    The migration adds the trigger that keeps each as it is, and lets visitors' pages read them:
    they hold names of tests, of schools and of académies, and nothing of anybody.
    """

    key = models.CharField(max_length=16, primary_key=True)
    content = models.JSONField()

    class Meta:
        verbose_name = _("partie commune de documents")
        verbose_name_plural = _("parties communes de documents")

    def __str__(self):
        return self.key


class PublishedResultQuerySet(models.QuerySet):
    def open(self, at=None):
        """Rows of releases open at the instant `at`: the one gate of every public page."""
        return self.filter(release__opens_at__lte=at or Now(), release__withdrawn_at__isnull=True)

    def current(self, at=None):
        """Of the open rows, the last one of each entry: second round, then highest revision."""
        newer = self.model.objects.open(at).filter(
            Q(round__gt=OuterRef("round"))
            | Q(round=OuterRef("round"), revision__gt=OuterRef("revision")),
            entry=OuterRef("entry"),
        )
        return self.open(at).filter(~Exists(newer))

    def newest_first(self):
        return self.order_by("-round", "-revision")

    def admitted(self):
        return self.filter(verdict=Verdict.ADMITTED)

    def on_the_web(self):
        """The rows that a public page may list: admitted, and consenting."""
        return self.admitted().filter(web_listed=True)


class PublishedResult(models.Model):
    """What the public side shows of one entry: the only table of results that it reads.

    `document` holds everything that the page and the score sheet show (`results.document`);
    `verification_code` is what the printed sheet carries to be checked (`verification_code.py`).
    Triggers keep a row as it is from the hour of its release on; the row-level security policy of
    the role `portal_public` shows it only from that hour.
    """

    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        related_name="published_results",
        verbose_name=_("inscription"),
        db_index=False,
    )
    release = models.ForeignKey(
        Release,
        models.PROTECT,
        related_name="results",
        verbose_name=_("publication"),
        db_index=False,
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS)
    revision = models.PositiveSmallIntegerField(_("révision"), default=1)
    verdict = models.CharField(_("décision"), max_length=10, choices=Verdict)
    web_listed = models.BooleanField(_("sur la liste du web"), default=False)
    list_name = models.CharField(_("nom sur les listes"), max_length=205)
    sort_key = models.CharField(max_length=620, db_collation="C", editable=False)
    search_key = models.CharField(max_length=420, db_collation="C", editable=False)
    posting_place = models.CharField(_("lieu d’affichage"), max_length=120, blank=True)
    verification_code = models.UUIDField(_("code de vérification"), unique=True, editable=False)
    document = PackedDocument(_("document"))
    reason = models.TextField(_("motif de la correction"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("auteur de la correction"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("écrit le"), db_default=Now(), editable=False)

    objects = PublishedResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("résultat publié")
        verbose_name_plural = _("résultats publiés")
        permissions = [("correct_result", _("Peut corriger un résultat avec un motif"))]
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "round", "revision"],
                name="published_result_is_unique_for_entry_round_revision",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=_VERDICTS) & ~Q(verdict="INCOMPLETE"),
                name="published_result_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(web_listed=False) | Q(verdict="ADMITTED"),
                name="published_result_lists_only_the_admitted",
            ),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""),
                name="published_result_correction_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1), name="published_result_revision_counts_from_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["release", "sort_key"],
                condition=Q(verdict="ADMITTED"),
                name="published_result_admitted",
            ),
            models.Index(
                fields=["author"],
                condition=Q(author__isnull=False),
                name="published_result_author",
            ),
        ]

    def __str__(self):
        return f"{self.entry_id} r{self.revision}"


class ListChange(models.Model):
    """A line that came onto the public list of an open release or left it; see `results.lists`.

    Triggers write them. Only their number tells anything: rows are added and never change, so that
    nobody waits for anybody, and each is seen with what it tells of.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = _("changement d’une liste")
        verbose_name_plural = _("changements de listes")

    def __str__(self):
        return f"{self.release_id}"


class SealedScoreSheet(models.Model):
    """The file of a score sheet as it was sealed when first downloaded: always the same bytes.

    `version` is a digest of what was laid out and of the certificate: a date that the office moves
    gives another file. The migration lets the role `portal_public` read and add those of open
    releases, and forgets them with their result.
    """

    published_result = models.ForeignKey(
        PublishedResult,
        models.CASCADE,
        related_name="sealed_score_sheets",
        db_constraint=False,
        db_index=False,
    )
    version = models.BinaryField(max_length=32)
    pdf = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("relevé scellé")
        verbose_name_plural = _("relevés scellés")
        ordering = ["published_result", "sealed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["published_result", "version"],
                name="sealed_score_sheet_is_unique_for_its_version",
            )
        ]

    def __str__(self):
        return f"{self.published_result_id} {self.sealed_at:%Y-%m-%d}"
