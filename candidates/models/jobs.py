"""Long work of the office, done by `manage.py worker`; see `candidates.jobs`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet):
    def active(self):
        """Keep those that wait or are at work."""
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])


class Job(models.Model):
    """A piece of long work, who asked for it, how far it is and what came of it.

    The queue itself is procrastinate's; `queued` is the number of this job there. `lock`: jobs with
    the same one take turns. `message` has a sentence on each line.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("en attente")
        RUNNING = "RUNNING", _("en cours")
        DONE = "DONE", _("terminée")
        FAILED = "FAILED", _("échouée")
        CANCELLED = "CANCELLED", _("annulée")

    kind = models.CharField(max_length=40)
    label = models.CharField(_("tâche"), max_length=200)
    session = models.ForeignKey(
        "candidates.Session",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("session"),
    )
    arguments = models.JSONField(default=dict, blank=True)
    lock = models.CharField(max_length=60)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("demandée par"),
    )
    language = models.CharField(max_length=5)
    queued = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.WAITING)
    step = models.CharField(_("étape"), max_length=100, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.TextField(_("résultat"), blank=True)
    warned = models.BooleanField(default=False)
    file = models.FileField(_("fichier"), upload_to="jobs", max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    cancel_asked = models.BooleanField(default=False)
    seen = models.BooleanField(_("échec lu"), default=False)
    created_at = models.DateTimeField(_("demandée le"), db_default=Now())
    started_at = models.DateTimeField(_("commencée le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finie le"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("tâche")
        verbose_name_plural = _("tâches")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["lock"],
                condition=Q(state__in=["WAITING", "RUNNING"]),
                name="job_active_by_lock",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "RUNNING"], finished_at__isnull=True)
                | Q(state__in=["DONE", "FAILED", "CANCELLED"], finished_at__isnull=False),
                name="job_is_finished_when_it_ends",
            )
        ]

    def __str__(self):
        return f"{self.label} n° {self.pk}"

    @property
    def is_active(self):
        return self.state in {Job.State.WAITING, Job.State.RUNNING}

    @property
    def file_size(self):
        """Bytes of the file, 0 where there is none."""
        return self.file.size if self.has_file else 0

    @property
    def has_file(self):
        name = self.file.name
        return bool(name and self.file.storage.exists(name))

    @property
    def sentences(self):
        return self.message.splitlines()
