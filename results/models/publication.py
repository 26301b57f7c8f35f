"""Releases, and what the public reads from their hour on."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.models import Entry, Session, Speciality
from results.models.marks import ROUNDS, VERDICTS, Verdict
from results.packed_document.field import PackedDocument


class ReleaseQuerySet(models.QuerySet):
    def open(self, at=None):
        """Releases that the public may read at the instant `at` (default: the database's now)."""
        return self.filter(opens_at__lte=at or Now(), withdrawn_at=None)

    def upcoming(self, at=None):
        return self.filter(opens_at__gt=at or Now(), withdrawn_at=None)


class Release(models.Model):
    """The moment (affichage) at which one speciality's results of one round become public.

    Nothing needs to happen at that moment: what it opens is already written, and the clock of the
    database decides. `opened_at` is set by a trigger when an open release is withdrawn: what has
    once been seen stays frozen.
    """

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="releases", verbose_name=_("session")
    )
    speciality = models.ForeignKey(
        Speciality, models.PROTECT, related_name="releases", verbose_name=_("spécialité")
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS, default=1)
    opens_at = models.DateTimeField(_("ouverture"))
    created_at = models.DateTimeField(_("programmée le"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programmée par"),
    )
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True, editable=False)
    announced_at = models.DateTimeField(
        _("annoncée aux candidats le"), null=True, blank=True, editable=False
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retirée par"),
    )
    withdrawal_message = models.TextField(_("message affiché pendant le retrait"), blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        permissions = [("release_results", _("Peut programmer, ouvrir et retirer une publication"))]
        ordering = ["-opens_at", "session", "speciality", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "speciality", "round"],
                name="release_is_unique_for_session_speciality_round",
            ),
            models.CheckConstraint(
                condition=Q(round__in=[1, 2]), name="release_round_is_first_or_second"
            ),
        ]

    def __str__(self):
        return f"{self.session} – {self.speciality}"

    def is_open(self, at):
        return self.withdrawn_at is None and self.opens_at <= at


class DocumentPart(models.Model):
    """What many published documents have in common: see `results.packed_document.shared_parts`.

    A trigger (`migrations/sql/guards.sql`) keeps each as it is. Visitors' pages may read them: they
    hold names of tests, of schools and of académies, and nothing of anybody.
    """

    key = models.CharField(max_length=16, primary_key=True)
    content = models.JSONField()

    class Meta:
        verbose_name = _("partie commune de documents")
        verbose_name_plural = _("parties communes de documents")

    def __str__(self):
        return self.key


class PublishedResultQuerySet(models.QuerySet):
    def open(self, at=None):
        """Rows of releases open at the instant `at`: the one gate of every public page."""
        return self.filter(release__opens_at__lte=at or Now(), release__withdrawn_at__isnull=True)

    def current(self, at=None):
        """Of the open rows, the last one of each entry: second round, then highest revision."""
        newer = self.model.objects.open(at).filter(
            Q(round__gt=OuterRef("round"))
            | Q(round=OuterRef("round"), revision__gt=OuterRef("revision")),
            entry=OuterRef("entry"),
        )
        return self.open(at).filter(~Exists(newer))

    def newest_first(self):
        return self.order_by("-round", "-revision")

    def admitted(self):
        return self.filter(verdict=Verdict.ADMITTED)

    def on_the_web(self):
        """The rows that a public page may list: admitted, and consenting."""
        return self.admitted().filter(web_listed=True)


class PublishedResult(models.Model):
    """What the public side shows of one entry: the only table of results that it reads.

    `document` holds everything that the page and the score sheet show
    (`results.document.contents`); `verification_code` is what the printed sheet carries to be
    checked (`verification_code.py`). Triggers (`migrations/sql/guards.sql`) keep a row as it is
    from the hour of its release on; the row-level security policy of the role `portal_public`
    (`diplomas/migrations/sql/visitors_role.sql`) shows it only from that hour.
    """

    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        related_name="published_results",
        verbose_name=_("inscription"),
        db_index=False,
    )
    release = models.ForeignKey(
        Release,
        models.PROTECT,
        related_name="results",
        verbose_name=_("publication"),
        db_index=False,
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=ROUNDS)
    revision = models.PositiveSmallIntegerField(_("révision"), default=1)
    verdict = models.CharField(_("décision"), max_length=10, choices=Verdict)
    web_listed = models.BooleanField(_("sur la liste du web"), default=False)
    list_name = models.CharField(_("nom sur les listes"), max_length=205)
    sort_key = models.CharField(max_length=620, db_collation="C", editable=False)
    search_key = models.CharField(max_length=420, db_collation="C", editable=False)
    posting_place = models.CharField(_("lieu d’affichage"), max_length=120, blank=True)
    verification_code = models.UUIDField(_("code de vérification"), unique=True, editable=False)
    document = PackedDocument(_("document"))
    reason = models.TextField(_("motif de la correction"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("auteur de la correction"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("écrit le"), db_default=Now(), editable=False)

    objects = PublishedResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("résultat publié")
        verbose_name_plural = _("résultats publiés")
        permissions = [("correct_result", _("Peut corriger un résultat avec un motif"))]
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "round", "revision"],
                name="published_result_is_unique_for_entry_round_revision",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=VERDICTS) & ~Q(verdict="INCOMPLETE"),
                name="published_result_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(web_listed=False) | Q(verdict="ADMITTED"),
                name="published_result_lists_only_the_admitted",
            ),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""),
                name="published_result_correction_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1), name="published_result_revision_counts_from_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["release", "sort_key"],
                condition=Q(verdict="ADMITTED"),
                name="published_result_admitted",
            ),
            models.Index(
                fields=["author"],
                condition=Q(author__isnull=False),
                name="published_result_author",
            ),
        ]

    def __str__(self):
        return f"{self.entry_id} r{self.revision}"


class ListChange(models.Model):
    """A line that came onto the public list of an open release or left it; see
    `results.lists.lists`.

    Triggers (`migrations/sql/list_changes.sql`) write them. Only their number tells anything: rows
    are added and never change, so that nobody waits for anybody, and each is seen with what it
    tells of.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = _("changement d’une liste")
        verbose_name_plural = _("changements de listes")

    def __str__(self):
        return f"{self.release_id}"


class SealedScoreSheet(models.Model):
    """The file of a score sheet as it was sealed when first downloaded: always the same bytes.

    `version` is a digest of what was laid out and of the certificate: a date that the office moves
    gives another file. The role `portal_public` may read and add those of open releases; a foreign
    key of the database (`migrations/sql/constraints.sql`) deletes them with their result.
    """

    published_result = models.ForeignKey(
        PublishedResult,
        models.CASCADE,
        related_name="sealed_score_sheets",
        db_constraint=False,
        db_index=False,
    )
    version = models.BinaryField(max_length=32)
    pdf = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("relevé scellé")
        verbose_name_plural = _("relevés scellés")
        ordering = ["published_result", "sealed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["published_result", "version"],
                name="sealed_score_sheet_is_unique_for_its_version",
            )
        ]

    def __str__(self):
        return f"{self.published_result_id} {self.sealed_at:%Y-%m-%d}"
