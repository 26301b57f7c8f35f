"""Reference data: académies, schools, sessions and specialities."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from candidates.names import likeness


class Academy(models.Model):
    """A regional education authority (académie) and how to reach its rectorat."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("nom"), max_length=60, unique=True)
    managed = models.BooleanField(
        _("gérée par cet office"),
        default=False,
        help_text=_("Les diplômes de cette académie sont délivrés par cet office."),
    )
    rectorat = models.CharField(_("rectorat"), max_length=120)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    website = models.URLField(_("site"), blank=True)
    email = models.EmailField(_("courriel"), blank=True)

    class Meta:
        verbose_name = _("académie")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{2}$"),
                name="academy_code_is_two_digits",
                violation_error_message=_("Le code d’une académie a deux chiffres."),
            )
        ]

    def __str__(self):
        return self.name


class SchoolQuerySet(models.QuerySet):
    def headed_by(self, user):
        """Return the schools whose results this account may read, by name."""
        return self.filter(heads__user=user).order_by("name", "uai")


class School(models.Model):
    """A school (établissement).

    `migrations/sql/constraints.sql` adds the check on the letter of its UAI.
    """

    class Sector(models.TextChoices):
        PUBLIC = "PUBLIC", _("public")
        PRIVATE_UNDER_CONTRACT = "PRIVE_SOUS_CONTRAT", _("privé sous contrat")
        PRIVATE = "PRIVE_HORS_CONTRAT", _("privé hors contrat")
        APPRENTICE_CENTRE = "CFA", _("centre de formation d’apprentis")
        DISTANCE = "DISTANCE", _("enseignement à distance")

    uai = models.CharField(_("UAI"), max_length=8, primary_key=True)
    name = models.CharField(_("nom"), max_length=150)
    sector = models.CharField(_("secteur"), max_length=20, choices=Sector)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    city = models.CharField(_("ville"), max_length=60, blank=True)
    academy = models.ForeignKey(
        Academy, models.PROTECT, related_name="schools", verbose_name=_("académie")
    )

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("établissement")
        ordering = ["name", "uai"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    sector__in=[
                        "PUBLIC",
                        "PRIVE_SOUS_CONTRAT",
                        "PRIVE_HORS_CONTRAT",
                        "CFA",
                        "DISTANCE",
                    ]
                ),
                name="school_sector_is_known",
            )
        ]
        indexes = [
            GinIndex(OpClass(likeness.SCHOOL, name=likeness.INDEX_CLASS), name="school_likeness")
        ]

    def __str__(self):
        return f"{self.name} ({self.uai})"

    @property
    def hands_out_diplomas(self):
        """Whether its pupils collect their diploma there: public, or private under contract."""
        return self.sector in {self.Sector.PUBLIC, self.Sector.PRIVATE_UNDER_CONTRACT}

    @property
    def envelope(self):
        """The lines of an envelope to the school, its name first."""
        locality = f"{self.postcode} {self.city}".strip()
        return [line for line in (self.name, self.address, locality) if line]


class Session(models.Model):
    """An exam in one year, with the dates that its pages and letters announce.

    `replaces`: the session whose replaced tests are sat in this one, in September (code de
    l’éducation, D. 334-19 and D. 337-157). No text has a replacement replaced in its turn: there is
    one such session, of the same exam and year.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    exam = models.CharField(_("examen"), max_length=20)
    year = models.PositiveSmallIntegerField(_("année"))
    label = models.CharField(_("libellé"), max_length=120)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replacement",
        verbose_name=_("remplace la session"),
        help_text=_("Session de remplacement de septembre : celle dont elle prend la suite."),
        error_messages={"unique": _("Cette session est déjà remplacée par une autre.")},
    )
    tests_from = models.DateField(_("épreuves, à partir du"), null=True, blank=True)
    tests_until = models.DateField(_("épreuves, jusqu’au"), null=True, blank=True)
    score_sheets_mailed_on = models.DateField(
        _("envoi des relevés de notes"), null=True, blank=True
    )
    register_again_from = models.DateField(_("réinscription, à partir du"), null=True, blank=True)
    register_again_until = models.DateField(_("réinscription, jusqu’au"), null=True, blank=True)
    control_choose_by = models.DateField(
        _("choix des épreuves du second tour, jusqu’au"), null=True, blank=True
    )
    control_tests_from = models.DateField(
        _("épreuves du second tour, à partir du"), null=True, blank=True
    )
    control_tests_until = models.DateField(
        _("épreuves du second tour, jusqu’au"), null=True, blank=True
    )
    diplomas_posted_from = models.DateField(
        _("diplômes postés, à partir du"), null=True, blank=True
    )
    diplomas_at_school_from = models.DateField(
        _("diplômes remis par les établissements, à partir du"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("session")
        ordering = ["-year", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="session_code_is_capitals_digits_hyphens",
                violation_error_message=_("Lettres capitales, chiffres et tirets seulement."),
            ),
            models.CheckConstraint(
                condition=models.Q(year__gte=1950, year__lte=2100), name="session_year_is_plausible"
            ),
            models.CheckConstraint(
                condition=models.Q(register_again_from__isnull=True)
                | models.Q(register_again_until__isnull=True)
                | models.Q(register_again_until__gte=models.F("register_again_from")),
                name="session_registration_ends_after_it_begins",
                violation_error_message=_("La réinscription finit avant d’avoir commencé."),
            ),
            models.CheckConstraint(
                condition=models.Q(control_tests_from__isnull=True)
                | models.Q(control_tests_until__isnull=True)
                | models.Q(control_tests_until__gte=models.F("control_tests_from")),
                name="session_control_tests_end_after_they_begin",
                violation_error_message=_("Le second tour finit avant d’avoir commencé."),
            ),
            models.CheckConstraint(
                condition=models.Q(tests_from__isnull=True)
                | models.Q(tests_until__isnull=True)
                | models.Q(tests_until__gte=models.F("tests_from")),
                name="session_tests_end_after_they_begin",
                violation_error_message=_("Les épreuves finissent avant d’avoir commencé."),
            ),
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=True) | ~models.Q(replaces=models.F("id")),
                name="session_does_not_replace_itself",
                violation_error_message=_("Une session ne se remplace pas elle-même."),
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        """Raise `ValidationError` for a session that this one cannot replace."""
        if self.replaces and (problem := self._why_not_replace(self.replaces)):
            raise ValidationError({"replaces": problem})

    def counterpart(self):
        """Return the session that replaces this one, or that it replaces; None for most."""
        return self.replaces or Session.objects.filter(replaces=self).first()

    def _why_not_replace(self, other):
        if other.pk == self.pk:
            return _("Une session ne se remplace pas elle-même.")
        if other.replaces_id:
            return _("Cette session en remplace déjà une autre : elle n’est pas remplacée.")
        if self.pk and Session.objects.filter(replaces=self.pk).exists():
            return _("Une autre session remplace celle-ci : elle n’en remplace aucune.")
        if other.exam != self.exam:
            return _("Cette session est celle d’un autre examen : %s.") % other.exam
        if other.year != self.year:
            return _("Cette session est celle d’une autre année : %s.") % other.year
        return None


class SpecialityQuerySet(models.QuerySet["Speciality"]):
    def entered_in(self, session):
        """Return the specialities that somebody is entered for in a session."""
        entry: Any = self.model._meta.get_field("entries").related_model
        entries = entry.objects.filter(session=session, speciality=OuterRef("pk"))
        return self.filter(Exists(entries))


class Speciality(models.Model):
    """A speciality of an exam (spécialité), like BTS MCO; its rules are `results.Regulation`."""

    exam = models.CharField(_("examen"), max_length=20)
    code = models.CharField(_("code"), max_length=30, unique=True)
    label = models.CharField(_("libellé"), max_length=150)
    from_session = models.PositiveSmallIntegerField(_("première session"))
    until_session = models.PositiveSmallIntegerField(_("dernière session"), null=True, blank=True)

    objects = SpecialityQuerySet.as_manager()

    class Meta:
        verbose_name = _("spécialité")
        ordering = ["exam", "label", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="speciality_code_is_capitals_digits_hyphens",
                violation_error_message=_("Lettres capitales, chiffres et tirets seulement."),
            )
        ]

    def __str__(self):
        return f"{self.exam} {self.label}"
