"""Releases (affichage): rows that the public side reads, written before the hour, frozen after.

Scheduling writes one published row for each entry; the clock opens them. A change before the hour
replaces the row (`refresh`), a change after it adds a revision (`results.publication.correction`).
"""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.locks import lock_session
from candidates.models import Entry, Speciality
from results.jury import deliberation, dossiers
from results.jury.incomplete import SHOWN
from results.models import Decision, Release, Verdict
from results.publication import hours, notices, rows, two_sessions
from results.publication.preview import preview
from results.statistics import publishing
from results_portal.imports.parallel import MANY

# Kept with the result and read by its candidate: in French, whatever the language of the staff.
REOPENED = "Nouvelle publication après un retrait."


class ReleaseRefused(Exception):
    """Refusal to release anything; `problems` says why, a sentence each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


def specialities_of(session, codes=None):
    """Return the specialities with entries in `session`, or those of them that `codes` names.

    Raises `ReleaseRefused` for a code without entries.
    """
    found = Speciality.objects.entered_in(session).order_by("code")
    if not codes:
        if not found:
            raise ReleaseRefused([_("Cette session n’a aucune inscription.")])
        return list(found)
    known = {speciality.code: speciality for speciality in found}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ReleaseRefused(
            [
                _("Spécialité inconnue dans cette session : %(code)s. Connues : %(known)s.")
                % {"code": code, "known": ", ".join(known)}
                for code in unknown
            ]
        )
    return [known[code] for code in dict.fromkeys(codes)]


def next_round(session, specialities):
    """Return the round to release: 2 once it is decided and the first is open, else 1."""
    now = timezone.now()
    first = Release.objects.filter(session=session, speciality__in=specialities, round=1)
    decided = Decision.objects.filter(
        entry__session=session, entry__speciality__in=specialities, round=2
    )
    first_is_open = first.open(now).count() == len(specialities)
    return 2 if first_is_open and decided.exists() else 1


def schedule(
    session,
    *,
    specialities=None,
    round=None,
    at=None,
    by=None,
    agreed=None,
    progress=None,
    finish=None,
):
    """Write the rows of a release, to open at the instant `at` (default: at once).

    One transaction for all the specialities: half a session is never released. An open release
    stays as it is; a scheduled one gets the new hour, and new rows only where the old ones are out
    of date; a withdrawn one opens again, its changes as new revisions. What opens at once has for
    hour the database's clock, read when its rows are written and nothing is left but to commit.

    `agreed(preview)` returns what has changed since who asks saw it, a sentence for each change
    (`hours.objections`, `ReleaseConfirmation`). `progress(done, total)` is called as rows are
    written, `finish(releases)` last.

    Returns the releases. Raises `ReleaseRefused`, with all the problems at once.
    """
    specialities = specialities or specialities_of(session)
    round = round or next_round(session, specialities)
    # A second connection would not see the changes of a transaction around this one.
    many = None if connection.in_atomic_block else MANY
    with transaction.atomic():
        lock_session(session)
        now = timezone.now()
        later = at if at and at > now else None
        found = preview(session, specialities=specialities, round=round, at=later or now)
        if problems := found.problems or (agreed(found) if agreed else []):
            raise ReleaseRefused(problems)
        books = deliberation.rulebooks(session, speciality_ids=[s.pk for s in specialities])
        releases, to_open = [], []
        for speciality in specialities:
            release, created = Release.objects.select_for_update().get_or_create(
                session=session,
                speciality=speciality,
                round=round,
                # Until its rows and figures are written, it is far from open.
                defaults={"opens_at": now + hours.FURTHEST, "created_by": by},
            )
            releases.append(release)
            if not created and release.is_open(now):
                continue
            known = None if created else rows.frozen(release, now)
            _write(release, books, at=later or now, frozen=known, many=many, progress=progress)
            refuse_second_admission(session, speciality.pk)
            if not known:
                publishing.write(release)
            to_open.append(release)
        opens_at = later or _clock()
        for release in to_open:
            _open_at(release, opens_at, by)
        if finish:
            finish(releases)
    return releases


def _clock():
    """Return the database's time of now, not of the beginning of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def withdraw(release, *, by, message=""):
    """Take an open or scheduled release off every public page, at once; return it.

    Rows that were once open stay frozen; `schedule` opens them again.
    """
    with transaction.atomic():
        release = Release.objects.select_for_update().get(pk=release.pk)
        if release.withdrawn_at is None:
            release.withdrawn_at = timezone.now()
            release.withdrawn_by = by
            release.withdrawal_message = message
            release.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_message"])
            notices.stop(release)
    return release


def refresh(entry_ids, *, at=None):
    """Decide the entries again and rewrite their rows in the releases not open yet.

    For changes made inside `candidates.freeze.changing(Change.REFRESH)`. Raises `ReleaseRefused`
    when an entry of a scheduled release is left incomplete, `ReleaseOpened` when one has opened
    meanwhile; the caller's transaction is then rolled back.
    """
    entries = Entry.objects.filter(pk__in=entry_ids).values_list("session", "speciality", "pk")
    by_speciality: dict[tuple[int, int], list[int]] = {}
    for session_id, speciality_id, pk in entries:
        by_speciality.setdefault((session_id, speciality_id), []).append(pk)
    for (session_id, speciality_id), pks in sorted(by_speciality.items()):
        _refresh_speciality(session_id, speciality_id, tuple(sorted(pks)), at or timezone.now())


def refresh_changed_entries(sender, *, entry_ids, confirmed=None, **kwargs):
    """Refresh the entries; receives `candidates.signals.entries_changed`.

    Raises `candidates.freeze.OpeningSoon` for an import that nobody has confirmed.
    """
    if confirmed is not None:
        hours.refuse_soon(entry_ids, confirmed=confirmed)
    refresh(entry_ids)


def _refresh_speciality(session_id, speciality_id, entry_ids, now):
    releases = list(
        Release.objects.filter(session_id=session_id, speciality_id=speciality_id).order_by("round")
    )
    decided = set(
        Decision.objects.filter(entry__in=entry_ids).values_list("round", flat=True).distinct()
    )
    if not releases and not decided:
        return
    session = Entry.objects.get(pk=entry_ids[0]).session
    books = deliberation.rulebooks(session, speciality_ids=[speciality_id])
    for round in (1, 2):
        selection = dossiers.Selection(session_id, round, speciality_id, entry_ids)
        if round in decided or any(release.round == round for release in releases):
            deliberation.redecide(selection, books)
        for release in releases:
            if release.round == round and not rows.frozen(release, now):
                rows.stage(release, books, entry_ids=entry_ids)
                refuse_incomplete(selection)
                rows.write(release, entry_ids=entry_ids)
                refuse_second_admission(session, speciality_id, entry_ids)
                publishing.write(release)
                rows.refuse_once_open(release)


def _write(release, books, *, at, frozen, many, progress):
    """Write the rows of a release. `frozen`: the public may have seen them; None: it is new."""
    if frozen is None and not rows.has_rows(release):
        stale = rows.write_first(release, books, many=many, progress=progress)
        _refuse_stale(release.speciality, stale)
        return
    if not frozen and rows.rows_up_to_date(release, books):
        return
    stale = rows.stage(release, books, progress=progress)
    _refuse_stale(release.speciality, stale)
    if frozen:
        rows.revise(release, at=at, reason=REOPENED, by=None)
    else:
        rows.write(release)


def _open_at(release, opens_at, by):
    """Set the hour of a release. Its rows are written before: the new hour may freeze them."""
    release.opens_at, release.created_by = opens_at, by
    release.withdrawn_at = release.withdrawn_by = release.announced_at = None
    release.withdrawal_message = ""
    release.save()
    release.refresh_from_db()


def _refuse_stale(speciality, numbers):
    """Raise `ReleaseRefused` if marks have changed since the deliberation."""
    if numbers:
        raise ReleaseRefused(
            [
                _(
                    "%(code)s : des notes ont changé depuis la délibération (%(numbers)s). "
                    "Délibérez de nouveau."
                )
                % {"code": speciality.code, "numbers": ", ".join(sorted(numbers)[:SHOWN])}
            ]
        )


def refuse_second_admission(session, speciality_id, entry_ids=None):
    """Raise `ReleaseRefused` if rows just written admit somebody in two sessions."""
    if problems := two_sessions.second_admissions(session, speciality_id, entry_ids):
        raise ReleaseRefused(problems)


def refuse_incomplete(selection):
    incomplete = Decision.objects.filter(
        entry__in=selection.entry_ids, round=selection.round, verdict=Verdict.INCOMPLETE
    ).values_list("entry__number", flat=True)
    if incomplete:
        raise ReleaseRefused(
            [
                _(
                    "Candidat %(number)s : ce changement laisse des notes manquantes alors que le "
                    "résultat est programmé ou publié."
                )
                % {"number": number}
                for number in incomplete[:SHOWN]
            ]
        )
