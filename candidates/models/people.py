"""Candidates, their entries, and failed identifications."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.history import kept_in_history
from candidates.models.reference import Academy, School, Session, Speciality
from candidates.names import likeness
from candidates.names.searching import BareName
from candidates.names.sorting import display_name


@kept_in_history(find_by="id", exclude=["address_chosen_at"])
class Candidate(models.Model):
    """A person who sits exams, known by their INE when they have one."""

    ine = models.CharField(_("INE"), max_length=11, blank=True)
    birth_name = models.CharField(_("nom de naissance"), max_length=80)
    usage_name = models.CharField(_("nom d’usage"), max_length=80, blank=True)
    given_names = models.CharField(_("prénoms"), max_length=120)
    birth_date = models.DateField(_("date de naissance"))
    birth_place = models.CharField(_("lieu de naissance"), max_length=80, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    address1 = models.CharField(_("adresse, ligne 1"), max_length=38, blank=True)
    address2 = models.CharField(_("adresse, ligne 2"), max_length=38, blank=True)
    address3 = models.CharField(_("adresse, ligne 3"), max_length=38, blank=True)
    postcode = models.CharField(_("code postal"), max_length=12, blank=True)
    city = models.CharField(_("ville"), max_length=60, blank=True)
    country = models.CharField(_("pays"), max_length=38, default="FRANCE")
    address_chosen_at = models.DateTimeField(
        _("adresse changée en ligne le"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Depuis, les fichiers importés ne changent plus ni l’adresse ni le courriel."),
    )

    class Meta:
        verbose_name = _("candidat")
        ordering = ["birth_name", "given_names", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ine"],
                condition=~models.Q(ine=""),
                name="candidate_ine_is_unique",
                violation_error_message=_("Cet INE est déjà celui d’un autre candidat."),
            ),
            models.CheckConstraint(
                condition=~models.Q(birth_name="") & ~models.Q(given_names=""),
                name="candidate_has_names",
            ),
            models.CheckConstraint(
                condition=models.Q(birth_date__gte="1900-01-01"),
                name="candidate_birth_date_is_plausible",
            ),
        ]
        indexes = [
            models.Index(
                OpClass(BareName("birth_name"), name="text_pattern_ops"),
                name="candidate_birth_name",
            ),
            models.Index(
                OpClass(BareName("usage_name"), name="text_pattern_ops"),
                condition=~models.Q(usage_name=""),
                name="candidate_usage_name",
            ),
            GinIndex(
                OpClass(likeness.PERSON, name=likeness.INDEX_CLASS), name="candidate_likeness"
            ),
        ]

    def __str__(self):
        return self.list_name

    @property
    def list_name(self):
        """The name as shown on lists: DUPONT Léa Marie."""
        return display_name(self.usage_name or self.birth_name, self.given_names)


_VALUES = """
WITH RECURSIVE used (value) AS (
    SELECT min({column}) FROM candidates_entry WHERE {column} <> ''
    UNION ALL
    SELECT (
        SELECT min({column}) FROM candidates_entry
        WHERE {column} <> '' AND {column} > used.value
    ) FROM used WHERE used.value IS NOT NULL
)
SELECT value FROM used WHERE value IS NOT NULL
"""


class EntryQuerySet(models.QuerySet):
    def of(self, session):
        return self.filter(session=session)

    def values_of(self, column):
        """Return the values of an indexed text column, each once and none empty, in order.

        One look into the index for each value, however many entries have it.
        """
        with connection.cursor() as cursor:
            cursor.execute(_VALUES.format(column=column))
            return [value for (value,) in cursor.fetchall()]

    def visited(self, visit):
        """The entry of a `cookie.Visit`, or no row when that visit has ended."""
        return self.filter(pk=visit.entry_id, visit=visit.number)

    def standing_for(self, prefix=""):
        """The entries of the person of an outer row for the same exam: by number or speciality.

        In `Session.counterpart`; `prefix` leads from the outer row to its own entry ("entry__").
        """
        return self.filter(
            models.Q(number=models.OuterRef(f"{prefix}number"))
            | models.Q(speciality=models.OuterRef(f"{prefix}speciality")),
            candidate=models.OuterRef(f"{prefix}candidate"),
        )


@kept_in_history(
    find_by="id",
    exclude=[
        "access_code_digest",
        "credential",
        "office_code",
        "visit",
        "created_at",
        "web_consent_chosen_at",
    ],
)
class Entry(models.Model):
    """A candidate in a session and speciality (inscription), under a candidate number.

    `access_code_digest` and `credential` come from `candidates.identification.access_codes`; the
    code itself is never stored. `office_code` is the `office_digest` of a code that the office made
    itself, null for those derived: no two entries of a session have the same.

    `visit` is the number in the cookie of whoever is identified. Signing out raises it, and so does
    another `credential` (`migrations/sql/visits.sql`): cookies with the former number end.
    """

    class Status(models.TextChoices):
        PUPIL = "SCOLAIRE", _("scolaire")
        APPRENTICE = "APPRENTI", _("apprenti")
        CONTINUING = "FORMATION_CONTINUE", _("formation continue")
        INDIVIDUAL = "INDIVIDUEL", _("individuel")
        DISTANCE = "DISTANCE", _("enseignement à distance")

    class Form(models.TextChoices):
        WHOLE = "G", _("globale")
        PROGRESSIVE = "P", _("progressive")

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="entries", verbose_name=_("session")
    )
    speciality = models.ForeignKey(
        Speciality, models.PROTECT, related_name="entries", verbose_name=_("spécialité")
    )
    candidate = models.ForeignKey(
        Candidate, models.PROTECT, related_name="entries", verbose_name=_("candidat")
    )
    number = models.CharField(_("numéro de candidat"), max_length=20)
    status = models.CharField(_("statut"), max_length=20, choices=Status)
    form = models.CharField(_("forme"), max_length=1, choices=Form, default=Form.WHOLE)
    units = models.CharField(
        _("unités présentées"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Codes séparés par des espaces. Vide : toutes."),
    )
    subjects = models.CharField(
        _("matières"),
        max_length=1000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Nom d’une épreuve pour ce candidat : LVA=Anglais|LVB=Espagnol."),
    )
    school = models.ForeignKey(
        School,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("établissement"),
    )
    academy = models.ForeignKey(
        Academy, models.PROTECT, related_name="entries", verbose_name=_("académie")
    )
    posting_place = models.CharField(_("lieu d’affichage"), max_length=120, blank=True)
    centre = models.CharField(
        _("centre d’examen"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("Où se passent les épreuves écrites : un UAI ou un nom."),
    )
    web_consent = models.BooleanField(
        _("accepte la publication sur le web"), default=False, db_default=False
    )
    web_consent_chosen_at = models.DateTimeField(
        _("choix de publication fait en ligne le"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Depuis, les fichiers importés ne changent plus ce choix."),
    )
    withheld = models.BooleanField(
        _("résultat suspendu"),
        default=False,
        db_default=False,
        help_text=_("Procédure disciplinaire en cours : aucun résultat n’est communiqué."),
    )
    access_code_digest = models.BinaryField(max_length=32, editable=False)
    credential = models.BinaryField(max_length=32, editable=False, db_index=True)
    office_code = models.BinaryField(max_length=32, null=True, editable=False)
    visit = models.PositiveIntegerField(
        _("numéro de visite"), default=1, db_default=1, editable=False
    )
    created_at = models.DateTimeField(_("créée le"), db_default=Now(), editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"],
                name="entry_number_is_unique_in_its_session",
                violation_error_message=_("Ce numéro existe déjà dans cette session."),
            ),
            models.UniqueConstraint(
                fields=["session", "office_code"],
                condition=models.Q(office_code__isnull=False),
                name="entry_office_code_serves_once_in_its_session",
            ),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[0-9A-Z]{1,20}$"),
                name="entry_number_is_letters_and_digits",
                violation_error_message=_("Lettres capitales et chiffres seulement."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=[
                        "SCOLAIRE",
                        "APPRENTI",
                        "FORMATION_CONTINUE",
                        "INDIVIDUEL",
                        "DISTANCE",
                    ]
                ),
                name="entry_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(form__in=["G", "P"]), name="entry_form_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "speciality"], name="entry_session_speciality"),
            models.Index(fields=["number"], opclasses=["varchar_pattern_ops"], name="entry_number"),
            models.Index(fields=["posting_place"], name="entry_posting_place"),
            models.Index(fields=["centre"], condition=~models.Q(centre=""), name="entry_centre"),
        ]

    def __str__(self):
        return f"{self.number} ({self.session_id and self.session.code})"


class FailedIdentification(models.Model):
    """Failed attempts under one key, until they are forgotten.

    See `candidates.identification.throttle`, and `delay` for the office's passwords.

    `migrations/sql/constraints.sql` makes the table UNLOGGED: losing it in a crash only forgives
    some attempts.
    """

    key = models.BinaryField(max_length=32, primary_key=True)
    until = models.DateTimeField(db_index=True)
    failures = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("échec d’identification")
        verbose_name_plural = _("échecs d’identification")
        permissions = [("lift_wait", _("Peut lever l’attente d’un compte à la connexion"))]

    def __str__(self):
        return f"{self.failures} until {self.until:%H:%M:%S}"
