"""Regulations: the rules of each speciality, as data."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from candidates.models import Speciality


class Regulation(models.Model):
    """The rules of one speciality (règlement d'examen), as its TOML file gives them."""

    class Absence(models.TextChoices):
        ELIMINATORY = "eliminatory", _("éliminatoire")
        ZERO = "zero", _("vaut zéro")

    class ForceMajeure(models.TextChoices):
        ZERO = "zero", _("vaut zéro")
        REPLACEMENT = "replacement", _("épreuve remplacée en septembre")

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
    checked = models.BooleanField(
        _("vérifié"),
        default=False,
        db_default=False,
        help_text=_(
            "Chaque nombre a été lu dans un texte officiel, ou dans deux sources d’accord."
        ),
    )
    shares = models.JSONField(_("part de chaque groupe"), default=dict, db_default={}, blank=True)
    caps = models.JSONField(_("plafond de chaque groupe"), default=dict, db_default={}, blank=True)
    force_majeure = models.CharField(
        _("force majeure"),
        max_length=12,
        choices=ForceMajeure,
        default=ForceMajeure.ZERO,
        db_default=ForceMajeure.ZERO,
    )
    kept_from_mark = models.DecimalField(
        _("note qui reste acquise"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(10),
        db_default=Decimal(10),
    )
    kept_report_from = models.DecimalField(
        _("report possible à partir de"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    kept_sessions = models.PositiveSmallIntegerField(
        _("sessions pendant lesquelles une note se conserve"), default=5, db_default=5
    )
    renouncing_is_final = models.BooleanField(
        _("renoncer à une note conservée est définitif"), default=False, db_default=False
    )
    kept_blocks = models.CharField(
        _("texte qui fait attester les blocs de compétences"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
    )
    booklet = models.BooleanField(_("livret scolaire examiné"), default=False, db_default=False)

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
            models.CheckConstraint(
                condition=Q(kept_from_mark__gte=0, kept_from_mark__lte=20),
                name="regulation_kept_marks_are_out_of_20",
            ),
            models.CheckConstraint(
                condition=Q(force_majeure__in=["zero", "replacement"]),
                name="regulation_force_majeure_is_known",
            ),
        ]

    def __str__(self):
        return str(self.speciality)


class Test(models.Model):
    """A test (épreuve) of a speciality, or a part of one when `whole` is set."""

    __test__ = False  # not for pytest

    class Rounding(models.TextChoices):
        UP = "up", _("au pas supérieur")

    class Counts(models.TextChoices):
        EXCESS = "excess", _("au-dessus de 10")
        FULL = "full", _("en entier")
        DIFFERENCE = "difference", _("écart à 10, en plus ou en moins")

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
    step = models.DecimalField(
        _("pas des notes"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.01"),
        db_default=Decimal("0.01"),
    )
    rounding = models.CharField(
        _("arrondi"), max_length=2, choices=Rounding, blank=True, default="", db_default=""
    )
    counts = models.CharField(
        _("ce qui compte"),
        max_length=10,
        choices=Counts,
        default=Counts.EXCESS,
        db_default=Counts.EXCESS,
    )
    statuses = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("statuts concernés"),
        default=list,
        db_default=[],
        blank=True,
    )
    subjects = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("matières possibles"),
        default=list,
        db_default=[],
        blank=True,
    )
    ects = models.PositiveSmallIntegerField(_("crédits ECTS"), null=True, blank=True)
    replaced = models.BooleanField(
        _("remplacée en cas de force majeure"), default=True, db_default=True
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
                condition=~Q(counts="difference") | Q(optional=False, whole=None, minimum=None),
                name="test_as_a_difference_is_compulsory",
            ),
            models.CheckConstraint(
                condition=Q(whole__isnull=True) | ~Q(whole=F("pk")),
                name="test_is_no_part_of_itself",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.label}"
