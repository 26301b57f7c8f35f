"""Files that the office imports from the admin; see `candidates.file_imports`."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.models.jobs import Job

FOLDER = "imports"  # of the storage


class FileImportQuerySet(models.QuerySet):
    def to_send_again(self):
        """Keep those refused for their errors, while these are kept, without a later file.

        A later file is one of the same kind and session.
        """
        later = FileImport.objects.filter(
            session=OuterRef("session"), kind=OuterRef("kind"), pk__gt=OuterRef("pk")
        )
        refused = self.filter(state=FileImport.State.REFUSED).exclude(report={})
        return refused.filter(~Exists(later))


class FileImport(models.Model):
    """A file from a browser: checked, shown, then imported or not. The row stays, the file goes.

    `reason`: of corrections, read by candidates. `digest` stands for the rows that the check found
    new or different. `report` has what the page shows of them, of errors and of warnings; it is
    emptied a week after the end. An import may be taken back: see `file_imports.undoing`.
    """

    class State(models.TextChoices):
        CHECKING = "CHECKING", _("contrôle en cours")
        REFUSED = "REFUSED", _("refusé")
        READY = "READY", _("à confirmer")
        IMPORTING = "IMPORTING", _("import en cours")
        DONE = "DONE", _("importé")
        UNCHANGED = "UNCHANGED", _("rien à changer")
        CANCELLED = "CANCELLED", _("abandonné")
        FAILED = "FAILED", _("échoué")
        UNDOING = "UNDOING", _("annulation en cours")
        UNDONE = "UNDONE", _("annulé")

    UNFINISHED = (State.CHECKING, State.READY, State.IMPORTING)

    kind = models.CharField(max_length=20)
    label = models.CharField(_("contenu"), max_length=100)
    session = models.ForeignKey(
        "candidates.Session",
        models.SET_NULL,
        null=True,
        related_name="file_imports",
        verbose_name=_("session"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("déposé par")
    )
    name = models.CharField(_("fichier"), max_length=200)
    size = models.BigIntegerField(_("octets"))
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.FileField(upload_to=FOLDER, max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.CHECKING)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created = models.PositiveIntegerField(_("créations"), default=0)
    changed = models.PositiveIntegerField(_("modifications"), default=0)
    unchanged = models.PositiveIntegerField(_("sans changement"), default=0)
    errors = models.PositiveIntegerField(_("erreurs"), default=0)
    reason = models.TextField(_("motif"), blank=True)
    digest = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("déposé le"), db_default=Now())
    finished_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("annulé par"),
    )

    objects = FileImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import de fichier")
        verbose_name_plural = _("imports de fichiers")
        ordering = ["-pk"]
        permissions = [
            ("import_entries", "Peut importer des inscriptions"),
            ("import_marks", "Peut importer des notes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["CHECKING", "READY", "IMPORTING"], finished_at__isnull=True)
                | Q(
                    state__in=[
                        *("REFUSED", "DONE", "UNCHANGED", "CANCELLED", "FAILED"),
                        *("UNDOING", "UNDONE"),
                    ],
                    finished_at__isnull=False,
                ),
                name="file_import_is_finished_when_it_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["READY", "IMPORTING"]) | ~Q(digest=""),
                name="file_import_is_confirmed_as_it_was_checked",
            ),
            models.CheckConstraint(
                condition=Q(state="UNDONE", undone_at__isnull=False, undone_by__isnull=False)
                | (~Q(state="UNDONE") & Q(undone_at__isnull=True, undone_by__isnull=True)),
                name="file_import_is_undone_by_somebody",
            ),
        ]

    def __str__(self):
        return self.name


class WrittenRow(models.Model):
    """A row of another table as an import found and left it, while the import may be taken back.

    `relation`: the table, `key`: its primary key. `former`: the row before, null if the import
    created it. `left_as`: a digest of the row after.
    """

    # No import is deleted, and to check so for each of a million rows takes long.
    file_import = models.ForeignKey(
        FileImport, models.CASCADE, related_name="written", db_constraint=False
    )
    relation = models.CharField(max_length=63)
    key = models.CharField(max_length=20)
    former = models.JSONField(null=True)
    left_as = models.BigIntegerField()

    class Meta:
        verbose_name = _("ligne écrite par un import")
        verbose_name_plural = _("lignes écrites par des imports")

    def __str__(self):
        return f"{self.relation} {self.key}"
