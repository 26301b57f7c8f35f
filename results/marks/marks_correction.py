"""Correction of many marks from a file of the office, after their results are published."""

from django.db import transaction
from django.utils.translation import gettext as _

from results.jury.dossiers import Selection
from results.jury.raising import overgranted
from results.marks import marks_import, verdict_changes
from results.publication.correction import corrections, stated
from results_portal.tabular import MAX_BYTES, ErrorLog


def correct_marks(
    path,
    *,
    session,
    reason,
    by=None,
    log=None,
    dry_run=False,
    confirmed="",
    max_bytes=MAX_BYTES,
    progress=None,
    saving=None,
    matched=None,
):
    """Correct marks of `session` from the file at `path`, in one transaction; return the counts.

    The file is that of `import_marks`; a mark that it does not name stays. Results follow as after
    a single correction (`results.publication.correction`), with `reason` and author (`by`). The
    notes of the outcome name every candidate whose verdict changes, from what to what; its effects
    are those verdicts. `matched`: as in `import_marks`.

    Raises `ValidationError` without a reason, `ImportRefused` when anything in the file is wrong;
    errors of `corrections`, which takes `confirmed`, propagate. Nothing is then written, nor with
    `dry_run`, which asks for no confirmation.
    """
    reason = stated(reason)
    log = log or ErrorLog(path)
    reading = {"max_bytes": max_bytes, "progress": progress}
    with transaction.atomic():
        outcome = marks_import.stage_marks(
            path, session=session, log=log, correcting=True, **reading
        )
        if matched:
            matched()
        changed = marks_import.changed_entries()
        if changed:
            before = verdict_changes.decisions(changed)
            sure = session.code if dry_run else confirmed
            with corrections(changed, by=by, reason=reason, confirmed=sure) as correcting:
                marks_import.write_marks(outcome, saving=saving)
            found = verdict_changes.changes(before, verdict_changes.decisions(changed))
            outcome.effects = verdict_changes.effects(found)
            outcome.notes = _notes(found, correcting.revisions) + _overgranted(session, changed)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _notes(found, revisions):
    """Return how many results and which verdicts have changed, as sentences."""
    counted = _("révisions écrites : %d") % revisions
    verdicts = _("décisions qui changent : %d") % len(found)
    return [f"{counted} ; {verdicts}", *map(str, found)]


def _overgranted(session, entry_ids):
    """Return a sentence for each decision of the jury that exceeds what is missing now."""
    return [
        _("Candidat %(number)s : %(problem)s Revoyez la décision du jury.")
        % {"number": number, "problem": problem}
        for round in (1, 2)
        for number, problem in overgranted(Selection(session.pk, round, entry_ids=tuple(entry_ids)))
    ]
