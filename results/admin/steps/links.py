"""Addresses that steps lead to, and the actions that several of them offer."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from candidates.file_imports import kinds
from candidates.models import Session, Speciality
from results.admin import release_job, release_proposals
from results.admin.steps.facts import SessionFacts
from results.admin.steps.step import FORM, Action, Trouble
from results.jury import job as deliberation_job
from results.jury import replacement_job

SCHOOLS, ENTRIES, MARKS = "schools", "entries", "marks"  # kinds of files


def page_of(session: Session, step: str = "") -> str:
    """Return the address of the page of a session, at a step of it."""
    address = reverse("admin:candidates_session_lifecycle", args=[session.pk])
    return f"{address}#{step}" if step else address


def entries_of(session: Session, speciality: Speciality, **filters: str | int) -> str:
    """Return the address of the list of entries, with the `filters` of its parameters."""
    of: dict[str, str | int] = {
        "session__id__exact": session.pk,
        "speciality__id__exact": speciality.pk,
    }
    return f"{reverse('admin:candidates_entry_changelist')}?{urlencode(of | filters)}"


def import_files(facts: SessionFacts, kind: str, label: str) -> list[Action]:
    """Return what imports a kind of file: the files that wait to be confirmed, then a new one."""
    right = kinds.get(kind).right
    confirm = [
        Action(
            _("Relire et confirmer le fichier"),
            reverse("admin:candidates_fileimport_change", args=[pk]),
            right,
        )
        for pk in facts.imports.get(kind, ())
    ]
    upload = reverse("admin:candidates_fileimport_upload", args=[facts.session.pk])
    return [*confirm, Action(label, f"{upload}?kind={kind}", right)]


def deliberate(facts: SessionFacts, round: int, *, again: bool) -> Action:
    labels = {
        (1, False): _("Délibérer le premier tour"),
        (1, True): _("Délibérer de nouveau le premier tour"),
        (2, False): _("Délibérer le second tour"),
        (2, True): _("Délibérer de nouveau le second tour"),
    }
    address = reverse("admin:candidates_session_deliberate", args=[facts.session.pk])
    return Action(labels[round, again], address, deliberation_job.RIGHT, (("round", str(round)),))


def jury(facts: SessionFacts) -> Action:
    address = reverse("admin:candidates_session_jury", args=[facts.session.pk])
    return Action(_("Ouvrir la grille du jury"), address, "results.view_jurydecision")


def second_round_marks(facts: SessionFacts) -> Action:
    address = reverse("admin:candidates_session_second_round", args=[facts.session.pk])
    return Action(_("Saisir les notes du second tour"), address, kinds.get(MARKS).right)


def release(facts: SessionFacts) -> Action:
    return Action(
        _("Programmer ou ouvrir la publication"), page_of(facts.session, FORM), release_job.RIGHT
    )


def proposed(facts: SessionFacts, round: int) -> list[Action]:
    """Return what leads to the releases of a round that wait for a second person."""
    return [
        Action(
            _("Relire la proposition de %(name)s") % {"name": proposal.proposed_by},
            reverse("admin:candidates_proposal_change", args=[proposal.pk]),
            "candidates.view_proposal",
        )
        for proposal in facts.proposals
        if proposal.kind == release_proposals.KIND and proposal.payload["round"] == round
    ]


def editions(facts: SessionFacts) -> Action:
    address = reverse("admin:candidates_session_editions", args=[facts.session.pk])
    return Action(_("Listes, relevés, exports"), address, "candidates.view_session")


def copy_deferred(session: Session) -> Action:
    """Return what copies into `session` the deferred candidates of the one that it replaces."""
    address = reverse("admin:candidates_session_replace", args=[session.pk])
    label = _("Reprendre les candidats reportés")
    return Action(label, address, replacement_job.RIGHT, ())


def job_under_way(facts: SessionFacts, *jobs: str) -> list[Trouble]:
    """Return a link to the work of these kinds that is asked for or under way."""
    return [
        Trouble(
            _("Une tâche est en cours : suivez-la."),
            reverse("admin:candidates_job_change", args=[facts.jobs[job]]),
            is_error=False,
        )
        for job in jobs
        if job in facts.jobs
    ]
