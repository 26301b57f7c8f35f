"""E-mails to candidates and their choices of e-mails; see `candidates.messages.outbox`."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LATE = timedelta(minutes=15)
UNSUBSCRIBE = "%unsubscribe%"  # placeholder, in a text, of each reader's own link


class Circular(models.Model):
    """A text shared by many messages, stored once.

    Once it is stopped, none of its waiting messages is sent.
    """

    key = models.CharField(_("clé"), max_length=120, unique=True, editable=False)
    language = models.CharField(_("langue"), max_length=2)
    subject = models.CharField(_("objet"), max_length=200)
    text = models.TextField(_("texte"))
    html = models.TextField(_("texte mis en forme"))
    created_at = models.DateTimeField(_("écrite le"), db_default=Now(), editable=False)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lettre commune")
        verbose_name_plural = _("lettres communes")
        ordering = ["-pk"]

    def __str__(self):
        return self.subject


class MessageQuerySet(models.QuerySet):
    def due(self, at=None):
        """Keep those to send at the instant `at` (default: the database's now), oldest first."""
        waiting = self.filter(state=Message.State.WAITING, not_before__lte=at or Now())
        return waiting.order_by("not_before", "pk")

    def late(self):
        """Keep those written `LATE` ago or earlier that no server has taken."""
        return self.filter(state=Message.State.WAITING, created_at__lt=Now() - LATE)

    def overdue(self):
        """Keep those that no sender has tried for `LATE`, though it was time to."""
        return self.due().filter(not_before__lt=Now() - LATE)

    def of_its_own(self):
        return self.filter(circular=None)

    def of_circulars(self):
        return self.filter(circular__isnull=False, circular__stopped_at=None)

    def unanswered(self, at=None):
        """Keep those handed to a server by a sender that died before it read the answer."""
        return self.filter(state=Message.State.HANDED, not_before__lte=at or Now())


class Message(models.Model):
    """An e-mail, written in the transaction of the change that it reports.

    To a candidate, or to a person without an entry. Its text is its own, or that of `circular`;
    then `to` is set when it is first tried, to the candidate's address of that moment. While a
    sender has it, `not_before` is when another one may take it, because the first must have died.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("à envoyer")
        HANDED = "HANDED", _("remis, sans réponse du serveur")
        SENT = "SENT", _("envoyé")
        FAILED = "FAILED", _("abandonné")

    class Kind(models.TextChoices):
        FILE = "FILE", _("votre dossier")
        RELEASE = "RELEASE", _("résultats")
        DOCUMENT = "DOCUMENT", _("diplôme et attestation")

    entry = models.ForeignKey(
        "candidates.Entry",
        models.PROTECT,
        null=True,
        related_name="messages",
        verbose_name=_("inscription"),
    )
    key = models.CharField(_("clé"), max_length=120, unique=True, editable=False)
    kind = models.CharField(_("sujet"), max_length=10, choices=Kind, default=Kind.FILE)
    circular = models.ForeignKey(
        Circular,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("lettre commune"),
    )
    to = models.EmailField(_("destinataire"), blank=True)
    subject = models.CharField(_("objet"), max_length=200, blank=True)
    text = models.TextField(_("texte"), blank=True)
    html = models.TextField(_("texte mis en forme"), blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    not_before = models.DateTimeField(_("pas avant"), db_default=Now())
    last_error = models.CharField(_("dernière erreur"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("écrit le"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="SENT", sent_at__isnull=False)
                | (~Q(state="SENT") & Q(sent_at__isnull=True)),
                name="message_sent_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(circular__isnull=False, entry__isnull=False, text="", subject="")
                | (Q(circular__isnull=True) & ~Q(text="") & ~Q(subject="") & ~Q(to="")),
                name="message_has_a_text_of_its_own_or_a_circular",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["FILE", "RELEASE", "DOCUMENT"]), name="message_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(state="WAITING", circular__isnull=True),
                name="message_waiting",
            ),
            models.Index(
                fields=["not_before", "id"],
                condition=Q(state="WAITING", circular__isnull=False),
                name="message_waiting_circular",
            ),
            models.Index(fields=["id"], condition=Q(state="HANDED"), name="message_handed"),
            models.Index(
                fields=["not_before"], condition=Q(state="FAILED"), name="message_given_up"
            ),
        ]

    def __str__(self):
        return f"{self.pk} ({self.get_state_display()})"

    @property
    def content(self):
        """The object with the subject and the texts: the circular, or the message itself."""
        return self.circular if self.circular_id else self


class MessageChoices(models.Model):
    """A candidate's choice of e-mails and of their language; without a row, the defaults.

    A separate table, which no import writes to.
    """

    candidate = models.OneToOneField(
        "candidates.Candidate",
        models.PROTECT,
        primary_key=True,
        related_name="message_choices",
        verbose_name=_("candidat"),
    )
    releases = models.BooleanField(_("résultats"), default=True)
    documents = models.BooleanField(_("diplôme et attestation"), default=True)
    language = models.CharField(_("langue"), max_length=2, blank=True)
    changed_at = models.DateTimeField(_("choisi le"), db_default=Now())

    class Meta:
        verbose_name = _("choix de courriels")
        verbose_name_plural = _("choix de courriels")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(language__in=["", "fr", "en"]), name="message_language_is_known"
            )
        ]

    def __str__(self):
        return str(self.pk)
