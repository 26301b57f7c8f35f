"""Releases, and the results that the public reads from their hour on."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from candidates.identification.cookie import Visit
from candidates.models import Entry, School, Session, Speciality
from results.document.contents import PlainDocument
from results.document.edition import edition
from results.models.marks import ROUNDS, VERDICT_CHOICES, VERDICTS
from results.packed_document.field import PackedDocument
from results.rules import Verdict
from results_portal.routers import PUBLIC


class ReleaseQuerySet(models.QuerySet["Release"]):
    def for_visitors(self) -> Self:
        """Read with the rights of visitors' pages, and only the columns that these may read."""
        return self.using(PUBLIC).defer(*Release.HIDDEN)

    def open(self, at: datetime | None = None) -> Self:
        """Return the releases open to the public at the instant `at` (None: the database's now)."""
        return self.announced().filter(opens_at__lte=at or Now())

    def upcoming(self, at: datetime | None = None) -> Self:
        """Return the scheduled releases that open after the instant `at`."""
        return self.announced().filter(opens_at__gt=at or Now())

    def announced(self) -> Self:
        """Return the releases that are scheduled or open: those that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)


class Release(models.Model):
    """The moment (affichage) at which one speciality's results of one round become public.

    Nothing needs to happen at that moment: its results are already written, and the clock of the
    database decides. `opened_at` is set by a trigger when an open release is withdrawn: results
    that were once public stay frozen.
    """

    # Columns that visitors' pages may not read.
    HIDDEN = ("created_at", "created_by", "announced_at", "withdrawn_by")

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

    def is_open(self, at: datetime) -> bool:
        return self.withdrawn_at is None and self.opens_at <= at


class DocumentPart(models.Model):
    """A part that many published documents share: see `results.packed_document.shared_parts`.

    A trigger (`migrations/sql/guards.sql`) makes it immutable. Visitors' pages may read it: these
    parts hold names of tests, of schools and of académies, and no personal data.
    """

    key = models.CharField(max_length=16, primary_key=True)
    content = models.JSONField()

    class Meta:
        verbose_name = _("partie commune de documents")
        verbose_name_plural = _("parties communes de documents")

    def __str__(self):
        return self.key


# The reason that a candidate reads when their result is suspended, or given back: the office's own
# words stay in the history.
NEUTRAL_REASON = "Mise à jour du dossier."


class PublishedResultQuerySet(models.QuerySet["PublishedResult"]):
    def for_visitors(self) -> Self:
        """Read with the rights of visitors' pages, and only the columns that these may read."""
        of_release = [f"release__{name}" for name in Release.HIDDEN]
        return self.using(PUBLIC).defer(*PublishedResult.HIDDEN, *of_release)

    def open(self, at: datetime | None = None) -> Self:
        """Return the rows of releases open at the instant `at`: the one gate of public pages."""
        return self.filter(release__opens_at__lte=at or Now(), release__withdrawn_at__isnull=True)

    def current(self, at: datetime | None = None) -> Self:
        """Return the last open row of each entry: second round, then highest revision."""
        newer = PublishedResult.objects.open(at).filter(
            Q(round__gt=OuterRef("round"))
            | Q(round=OuterRef("round"), revision__gt=OuterRef("revision")),
            entry=OuterRef("entry"),
        )
        return self.open(at).filter(~Exists(newer))

    def shown_to(self, visit: Visit) -> Self:
        """Return the rows of the entry of a visit; none when that visit has ended."""
        return self.filter(entry=visit.entry_id, entry__visit=visit.number)

    def newest_first(self) -> Self:
        return self.order_by("-round", "-revision")

    def of_school(self, school: School, session_code: str | None = None) -> Self:
        """Return the rows of a school's pupils, in one session or in all.

        Visitors' pages may not read who is of which school: the office's login asks that first.
        """
        pupils = Entry.objects.filter(school=school)
        if session_code is not None:
            pupils = pupils.filter(session__code=session_code)
        return self.filter(entry__in=list(pupils.values_list("pk", flat=True)))

    def by_session(self) -> models.QuerySet["PublishedResult", dict[str, Any]]:
        """Return code, label and `total` of rows of each session, the latest first."""
        session = "release__session__"
        found: models.QuerySet[PublishedResult, dict[str, Any]]
        found = self.values(code=F(f"{session}code"), label=F(f"{session}label"))
        return found.annotate(total=Count("pk")).order_by(f"-{session}year", f"{session}code")

    def in_order(self) -> Self:
        """Return the rows by speciality, then by name in the order of the alphabet."""
        return self.order_by("release__speciality__label", "release__speciality", "sort_key", "pk")

    def admitted(self) -> Self:
        return self.filter(verdict=Verdict.ADMITTED)

    def on_the_web(self) -> Self:
        """Return the rows that a public page may list: admitted, with their consent."""
        return self.admitted().filter(web_listed=True)


class PublishedResult(models.Model):
    """The published result of one entry: the only table of results that the public side reads.

    `document`: everything that the page and the score sheet show (`results.document.contents`),
    except which edition it is: `revision`, `reason` and the hour. `issued_at` is None where that
    is the hour at which the release first opens, so that postponing a release rewrites no row:
    `hour`, or `ISSUED_AT` in a query, gives it for any row.
    `verification_code`: printed on the sheet, to check it (`results.document.verification_code`).
    Triggers (`migrations/sql/guards.sql`) make a row immutable from the hour of its release on; the
    row-level security policy of the role `portal_public`
    (`diplomas/migrations/sql/visitors_role.sql`) shows it only from that hour.
    """

    HIDDEN = ("author", "created_at")  # columns that visitors' pages may not read

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
    verdict = models.CharField(_("décision"), max_length=10, choices=VERDICT_CHOICES)
    web_listed = models.BooleanField(_("sur la liste du web"), default=False)
    list_name = models.CharField(_("nom sur les listes"), max_length=205)
    sort_key = models.CharField(max_length=620, db_collation="C", editable=False)
    search_key = models.CharField(max_length=420, db_collation="C", editable=False)
    posting_place = models.CharField(_("lieu d’affichage"), max_length=120, blank=True)
    verification_code = models.UUIDField(_("code de vérification"), unique=True, editable=False)
    document = PackedDocument(_("document"))
    issued_at = models.DateTimeField(_("établi le"), null=True, blank=True)
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
                condition=Q(revision=1) | Q(issued_at__isnull=False),
                name="published_result_correction_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1), name="published_result_revision_counts_from_one"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="WITHHELD") | Q(reason__in=["", NEUTRAL_REASON]),
                name="published_result_withheld_gives_no_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release", "sort_key"],  # of all: its size tells nobody how many pass
                name="published_result_in_order",
            ),
            models.Index(
                fields=["entry"], condition=Q(revision__gt=1), name="published_result_revised"
            ),
            models.Index(
                fields=["author"],
                condition=Q(author__isnull=False),
                name="published_result_author",
            ),
        ]

    def __str__(self):
        return f"{self.entry}, {self.get_round_display()} ({self.revision})"

    @property
    def hour(self) -> datetime:
        """The instant at which the row was issued, or will be; reads the release."""
        return self.issued_at or self.release.opened_at or self.release.opens_at

    @property
    def whole_document(self) -> PlainDocument:
        """The document with its edition, as pages and papers show it; reads the release."""
        return self.document | edition(
            revision=self.revision, issued_at=self.hour, reason=self.reason
        )


# In a query, the `PublishedResult.hour` of a row.
ISSUED_AT = Coalesce("issued_at", "release__opened_at", "release__opens_at")


class ListEdition(models.Model):
    """The number of the edition of a release's public list; see `results.lists.lists`.

    Triggers (`migrations/sql/list_editions.sql`) raise it with each statement that changes a
    consent or adds or deletes a row of the release, whatever the verdicts: it tells nothing of
    results to come. `statement`: the last one that did. Without a row, the number is 0.
    """

    release = models.OneToOneField(
        Release, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    number = models.PositiveBigIntegerField(default=0)
    statement = models.TextField()

    class Meta:
        verbose_name = _("édition d’une liste")
        verbose_name_plural = _("éditions de listes")

    def __str__(self):
        return f"{self.release_id}: {self.number}"


class SealedScoreSheet(models.Model):
    """The file of a score sheet as sealed when first downloaded: always the same bytes.

    `version`: digest of the sheet's contents and of the certificate, so that a date changed by the
    office gives another file. The role `portal_public` may read and add those of open releases; a
    foreign key of the database (`migrations/sql/constraints.sql`) deletes them with their result.
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
