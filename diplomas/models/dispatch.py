"""Diplomas, the batches that they leave in, and their chain of custody.

`migrations/sql/dispatch.sql` holds what a constraint cannot express: triggers allow a diploma only
for a current, open, admitted result, forbid changes after the seal, and set its state.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry, School, Session
from candidates.references import REFERENCE_LENGTH
from results.models import PublishedResult


def _staff(label):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class Route(models.TextChoices):
    SCHOOL = "SCHOOL", _("à retirer dans l’établissement")
    HOME = "HOME", _("par la poste, au domicile")


class EventKind(models.TextChoices):
    """The kind of an event of a diploma."""

    PRINTED = "PRINTED", _("imprimé")
    SENT_TO_SCHOOL = "SENT_TO_SCHOOL", _("envoyé à l’établissement")
    POSTED = "POSTED", _("posté")
    ARRIVED = "ARRIVED", _("arrivé")
    COLLECTED = "COLLECTED", _("retiré")
    RETURNED = "RETURNED", _("revenu")
    SENT_AGAIN = "SENT_AGAIN", _("renvoyé")
    HELD = "HELD", _("retenu")


class DiplomaState(models.TextChoices):
    """The state of a diploma, which is its last event."""

    PREPARED = "PREPARED", _("préparé")
    PRINTED = EventKind.PRINTED.value, EventKind.PRINTED.label
    SENT_TO_SCHOOL = EventKind.SENT_TO_SCHOOL.value, EventKind.SENT_TO_SCHOOL.label
    POSTED = EventKind.POSTED.value, EventKind.POSTED.label
    ARRIVED = EventKind.ARRIVED.value, EventKind.ARRIVED.label
    COLLECTED = EventKind.COLLECTED.value, EventKind.COLLECTED.label
    RETURNED = EventKind.RETURNED.value, EventKind.RETURNED.label
    SENT_AGAIN = EventKind.SENT_AGAIN.value, EventKind.SENT_AGAIN.label
    HELD = EventKind.HELD.value, EventKind.HELD.label


class DispatchBatch(models.Model):
    """Diplomas that leave together: to one school, or by post to homes.

    `addressee` is the envelope of the school when the batch was sealed, a list of lines; `size` the
    number of diplomas then. Both stay when the data of people are deleted.
    """

    class Stage(models.TextChoices):
        DRAFT = "DRAFT", _("en préparation")
        SEALED = "SEALED", _("scellé")
        PRINTED = "PRINTED", _("imprimé")
        SENT = "SENT", _("envoyé")

    reference = models.CharField(_("référence"), max_length=REFERENCE_LENGTH, unique=True)
    session = models.ForeignKey(
        Session, models.PROTECT, related_name="dispatch_batches", verbose_name=_("session")
    )
    route = models.CharField(_("voie"), max_length=10, choices=Route)
    school = models.ForeignKey(
        School,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dispatch_batches",
        verbose_name=_("établissement"),
    )
    addressee = models.JSONField(_("destinataire"), default=list, blank=True)
    size = models.PositiveIntegerField(_("diplômes"), null=True, blank=True)
    created_at = models.DateTimeField(_("préparé le"), db_default=Now(), editable=False)
    created_by = _staff(_("préparé par"))
    sealed_at = models.DateTimeField(_("scellé le"), null=True, blank=True)
    sealed_by = _staff(_("scellé par"))
    printed_at = models.DateTimeField(_("imprimé le"), null=True, blank=True)
    printed_by = _staff(_("imprimé par"))
    sent_on = models.DateField(_("envoyé le"), null=True, blank=True)
    sent_by = _staff(_("envoyé par"))
    tracking = models.CharField(_("numéro du transporteur"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("lot de diplômes")
        verbose_name_plural = _("lots de diplômes")
        ordering = ["-pk"]
        permissions = [("dispatch_diplomas", _("Peut préparer, sceller et envoyer des diplômes"))]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "route", "school"],
                condition=Q(sealed_at__isnull=True),
                nulls_distinct=False,
                name="dispatch_batch_in_preparation_is_the_only_one",
            ),
            models.CheckConstraint(
                condition=Q(route="SCHOOL", school__isnull=False)
                | Q(route="HOME", school__isnull=True),
                name="dispatch_batch_to_school_has_one",
            ),
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | Q(sealed_at__isnull=False),
                name="dispatch_batch_is_sealed_before_print",
            ),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True) | Q(printed_at__isnull=False),
                name="dispatch_batch_is_printed_before_it_leaves",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True) | Q(size__gt=0),
                name="dispatch_batch_sealed_is_not_empty",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def stage(self):
        if self.sent_on:
            return self.Stage.SENT
        if self.printed_at:
            return self.Stage.PRINTED
        return self.Stage.SEALED if self.sealed_at else self.Stage.DRAFT


AT_STAGE: dict[str, Q] = {
    DispatchBatch.Stage.DRAFT: Q(sealed_at__isnull=True),
    DispatchBatch.Stage.SEALED: Q(sealed_at__isnull=False, printed_at__isnull=True),
    DispatchBatch.Stage.PRINTED: Q(printed_at__isnull=False, sent_on__isnull=True),
    DispatchBatch.Stage.SENT: Q(sent_on__isnull=False),
}


class Diploma(models.Model):
    """The one diploma of an entry.

    `published_result` is the revision that it is printed from. Sealing sets its `position` and, by
    post, its `address` (`candidates.postal.address.Address` without e-mail). `state` follows from
    the events: only their trigger writes it. Without a batch it is held by the office. The row is
    deleted with the published result, when the session is purged.
    """

    entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="diploma", verbose_name=_("inscription")
    )
    published_result = models.ForeignKey(
        PublishedResult,
        models.CASCADE,
        related_name="diplomas",
        db_constraint=False,
        verbose_name=_("résultat publié"),
    )
    batch = models.ForeignKey(
        DispatchBatch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="diplomas",
        verbose_name=_("lot"),
    )
    position = models.PositiveIntegerField(_("rang dans le lot"), null=True, blank=True)
    address = models.JSONField(_("adresse"), null=True, blank=True)
    state = models.CharField(
        _("état"),
        max_length=14,
        choices=DiplomaState,
        default=DiplomaState.PREPARED,
        editable=False,
    )

    class Meta:
        verbose_name = _("diplôme")
        ordering = ["batch", "position", "pk"]
        indexes = [
            models.Index(
                fields=["state"],
                condition=Q(state__in=["RETURNED", "HELD"]),
                name="diploma_in_the_office",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | Q(state="HELD"),
                name="diploma_is_in_a_batch_or_held",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DiplomaState.values), name="diploma_state_is_known"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self):
        """Its number in the office's register, never reused."""
        return f"D{self.pk:08d}"


class CustodyEvent(models.Model):
    """An event in the chain of custody of a diploma.

    `day` is when it happened, as the office says; `by` recorded it. A trigger sets `batch`.
    """

    class CollectedBy(models.TextChoices):
        CANDIDATE = "CANDIDATE", _("le candidat, pièce d’identité vue")
        PROXY = "PROXY", _("une autre personne, procuration et pièces d’identité vues")

    class Cause(models.TextChoices):
        UNKNOWN_ADDRESS = "NPAI", _("inconnu à l’adresse (NPAI)")
        UNCLAIMED = "UNCLAIMED", _("non réclamé")
        OTHER = "OTHER", _("autre")

    diploma = models.ForeignKey(
        Diploma,
        models.CASCADE,
        related_name="events",
        db_constraint=False,
        verbose_name=_("diplôme"),
    )
    batch = models.ForeignKey(
        DispatchBatch,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="events",
        verbose_name=_("lot"),
    )
    kind = models.CharField(_("étape"), max_length=14, choices=EventKind)
    day = models.DateField(_("jour"))
    recorded_at = models.DateTimeField(_("noté le"), db_default=Now(), editable=False)
    by = _staff(_("par"))
    note = models.TextField(_("remarque"), blank=True, db_default="")
    tracking = models.CharField(
        _("numéro du transporteur"), max_length=60, blank=True, db_default=""
    )
    collected_by = models.CharField(
        _("remis à"), max_length=9, choices=CollectedBy, blank=True, db_default=""
    )
    proxy_name = models.CharField(
        _("nom de cette personne"), max_length=120, blank=True, db_default=""
    )
    cause = models.CharField(_("cause"), max_length=9, choices=Cause, blank=True, db_default="")
    address = models.JSONField(_("adresse"), null=True, blank=True)

    class Meta:
        verbose_name = _("étape d’un diplôme")
        verbose_name_plural = _("étapes des diplômes")
        ordering = ["diploma", "pk"]
        permissions = [("record_custody", _("Peut noter la remise et le retour d’un diplôme"))]
        constraints = [
            models.UniqueConstraint(
                fields=["diploma"], condition=Q(kind="PRINTED"), name="diploma_is_printed_once"
            ),
            models.UniqueConstraint(
                fields=["diploma"], condition=Q(kind="COLLECTED"), name="diploma_is_collected_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="COLLECTED", collected_by__in=["CANDIDATE", "PROXY"])
                | (~Q(kind="COLLECTED") & Q(collected_by="")),
                name="custody_collected_says_by_whom",
            ),
            models.CheckConstraint(
                condition=(Q(collected_by="PROXY") & ~Q(proxy_name=""))
                | (~Q(collected_by="PROXY") & Q(proxy_name="")),
                name="custody_proxy_has_a_name",
            ),
            models.CheckConstraint(
                condition=(Q(kind="RETURNED") & ~Q(cause="")) | (~Q(kind="RETURNED") & Q(cause="")),
                name="custody_returned_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind="HELD") | ~Q(note=""), name="custody_held_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.diploma_id}: {self.kind}"
