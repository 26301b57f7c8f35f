"""Acts that one person proposes and another approves; see `candidates.proposals`."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.models.jobs import Job


class ProposalQuerySet(models.QuerySet):
    def waiting(self):
        """Keep those that may still be approved: open, and their hour is to come."""
        to_come = Q(opens_at__isnull=True) | Q(opens_at__gt=Now())
        return self.filter(to_come, state=Proposal.State.WAITING)

    def about(self, *things):
        """Keep those that would change one of these things."""
        return self.filter(things__overlap=list(things))


class Proposal(models.Model):
    """An act that waits for a second person, or what became of it. The row stays.

    `things`: what it would change, in words of its kind: of two proposals about the same thing one
    is open at a time. `payload`: what it takes to do it. `digest` stands for the rows that its
    author saw: when they change, it lapses. `opens_at`: the hour from which it makes no sense; null
    without one. `decided_by`: who approved or refused it, or its author, who took it back.
    `reason`: of a refusal, or why it lapsed.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("à approuver")
        APPROVED = "APPROVED", _("approuvée")
        REFUSED = "REFUSED", _("refusée")
        TAKEN_BACK = "TAKEN_BACK", _("reprise par son auteur")
        LAPSED = "LAPSED", _("caduque")

    kind = models.CharField(max_length=20)
    label = models.CharField(_("proposition"), max_length=200)
    session = models.ForeignKey(
        "candidates.Session",
        models.PROTECT,
        related_name="proposals",
        verbose_name=_("session"),
    )
    entry = models.ForeignKey(
        "candidates.Entry", models.CASCADE, null=True, related_name="proposals"
    )
    file_import = models.ForeignKey(
        "candidates.FileImport", models.PROTECT, null=True, related_name="proposals"
    )
    things = ArrayField(models.CharField(max_length=40))
    payload = models.JSONField(default=dict)
    digest = models.TextField()
    opens_at = models.DateTimeField(_("heure demandée"), null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposée par")
    )
    proposed_at = models.DateTimeField(_("proposée le"), db_default=Now())
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approuvée ou refusée par"),
    )
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("finie le"), null=True)
    reason = models.TextField(_("motif"), blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="proposals")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposition")
        verbose_name_plural = _("propositions")
        ordering = ["-pk"]
        permissions = [("approve_proposal", _("Peut approuver ce qu’un autre propose"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(state="TAKEN_BACK", decided_by=F("proposed_by"))
                | (~Q(state="TAKEN_BACK") & ~Q(decided_by=F("proposed_by"))),
                name="proposal_is_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", decided_by__isnull=True, ended_at__isnull=True)
                | Q(
                    state__in=["APPROVED", "REFUSED", "TAKEN_BACK"],
                    decided_by__isnull=False,
                    ended_at__isnull=False,
                )
                | Q(state="LAPSED", ended_at__isnull=False),
                name="proposal_is_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["proposed_at"], condition=Q(state="WAITING"), name="proposal_that_waits"
            )
        ]

    def __str__(self):
        return f"{self.label} n° {self.pk}"

    @property
    def is_waiting(self):
        return self.state == Proposal.State.WAITING
