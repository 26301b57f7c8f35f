"""Marks, the points that the jury grants, and the decisions on entries."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidates.history import kept_in_history
from candidates.models import Entry
from results.models.regulations import Test
from results.rules import Verdict

ROUNDS = [(1, _("premier tour")), (2, _("second tour"))]


@kept_in_history()
class Mark(models.Model):
    """A mark (note) out of 20, in hundredths, or the reason for its absence.

    A trigger holds BEN and REP apart at the mark from which the regulation keeps one.
    """

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
        ]

    def __str__(self):
        return f"{self.entry}, {self.test.code}, {self.get_round_display()}"


@kept_in_history()
class JuryDecision(models.Model):
    """Points that the jury, which is sovereign, grants a candidate by a reasoned decision.

    `points`: marks × coefficients.
    """

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
        return f"{self.entry}, {self.get_round_display()}"


VERDICT_LABELS = {
    Verdict.ADMITTED: _("admis"),
    Verdict.CONTROL: _("appelé au second tour"),
    Verdict.REFUSED: _("refusé"),
    Verdict.ELIMINATED: _("éliminé"),
    Verdict.NOT_FINAL: _("sans décision finale"),
    Verdict.DEFERRED: _("décision reportée"),
    Verdict.WITHHELD: _("suspendu"),
    Verdict.INCOMPLETE: _("incomplet"),
}
VERDICTS = [verdict.value for verdict in Verdict]
VERDICT_CHOICES = [(verdict.value, label) for verdict, label in VERDICT_LABELS.items()]


def verdict_in_words(verdict: str, mention: str | None) -> str:
    """Return a verdict with its mention, as staff read them: "admis, mention Bien"."""
    label = str(VERDICT_LABELS[Verdict(verdict)])
    if not mention:
        return label
    return f"{label}, " + gettext("mention %(mention)s") % {"mention": mention}


class Decision(models.Model):
    """The jury's decision on one entry after a round (délibération).

    `rule_verdict`: the answer of the rules without the points of the jury. `points` and `average`
    are truncated for display; the rules compared the exact fractions.
    """

    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        related_name="decisions",
        verbose_name=_("inscription"),
        db_index=False,
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS)
    verdict = models.CharField(_("décision"), max_length=10, choices=VERDICT_CHOICES)
    rule_verdict = models.CharField(
        _("décision de la règle"), max_length=10, choices=VERDICT_CHOICES
    )
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
                condition=Q(verdict__in=VERDICTS, rule_verdict__in=VERDICTS),
                name="decision_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=Q(mention="") | Q(verdict="ADMITTED", round=1),
                name="decision_mention_is_for_the_first_round",
            ),
        ]

    def __str__(self):
        return f"{self.entry}, {self.get_round_display()}"

    @property
    def in_words(self) -> str:
        """Verdict, mention and average, as staff read them."""
        words = [verdict_in_words(self.verdict, self.mention)]
        if self.average is not None:
            average = number_format(self.average, 2)
            words.append(gettext("moyenne %(average)s") % {"average": average})
        return ", ".join(words)
