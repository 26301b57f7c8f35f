"""The jury's sitting on one speciality, and the school records that it examined."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.history import kept_in_history
from candidates.models import Entry, Session, Speciality


@kept_in_history()
class JurySitting(models.Model):
    """Composition of the jury (séance du jury) and incidents, as its minutes have them.

    `members`: a line for each, name and quality with a comma between them.
    """

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="jury_sittings", verbose_name=_("session")
    )
    speciality = models.ForeignKey(
        Speciality, models.PROTECT, related_name="+", verbose_name=_("spécialité")
    )
    president = models.CharField(_("président du jury"), max_length=200, blank=True)
    members = models.TextField(
        _("membres"),
        blank=True,
        max_length=10_000,
        help_text=_("Un par ligne : nom, qualité."),
    )
    held_on = models.DateField(_("date de la délibération"), null=True, blank=True)
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    incidents = models.TextField(_("incidents"), blank=True, max_length=10_000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("auteur")
    )

    class Meta:
        verbose_name = _("séance du jury")
        verbose_name_plural = _("séances du jury")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "speciality"], name="jury_sits_once_for_a_speciality"
            )
        ]

    def __str__(self):
        return f"{self.session}, {self.speciality}"

    @property
    def named_members(self) -> list[tuple[str, str]]:
        """Name and quality of each member."""
        lines = [line.partition(",") for line in self.members.splitlines() if line.strip()]
        return [(name.strip(), quality.strip()) for name, _comma, quality in lines]


class ExaminedBooklet(models.Model):
    """The jury has examined the school record (livret scolaire) of an entry."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, related_name="examined_booklet"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("livret scolaire examiné")
        verbose_name_plural = _("livrets scolaires examinés")

    def __str__(self):
        return str(self.entry)
