"""The steps of a session up to its deliberation: pure functions of its facts."""

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.models import Session
from results.admin import regulation_choice
from results.admin.lifecycle import RoundProgress
from results.admin.steps import links
from results.admin.steps.facts import SessionFacts
from results.admin.steps.step import Action, State, Step, Trouble
from results.jury import job as deliberation_job
from results.jury import replacement_job


def regulations(facts: SessionFacts) -> Step:
    known = {regulation.speciality_id for regulation in facts.regulations}
    entered = {progress.speciality.pk: progress.speciality for progress in facts.rounds}
    to_release = {p.speciality.pk for p in facts.in_round(1) if not p.release}
    troubles = [
        Trouble(
            _("%(code)s : aucun règlement, et des candidats y sont inscrits.")
            % {"code": speciality.code}
        )
        for pk, speciality in entered.items()
        if pk not in known
    ]
    is_missing = bool(troubles) or not known
    troubles += [
        Trouble(
            _("%(code)s : règlement à vérifier avant de publier.")
            % {"code": regulation.speciality.code},
            reverse("admin:results_regulation_change", args=[regulation.pk]),
            is_error=False,
        )
        for regulation in facts.regulations
        if not regulation.checked and (not entered or regulation.speciality_id in to_release)
    ]
    codes = ", ".join(regulation.speciality.code for regulation in facts.regulations)
    return Step(
        "regulations",
        _("Règlements"),
        State.TO_DO if is_missing else State.DONE,
        said=codes or _("Aucun règlement de cet examen ne vaut pour cette année."),
        troubles=troubles,
        actions=[
            Action(
                _("Choisir les règlements"),
                reverse("admin:candidates_session_regulations", args=[facts.session.pk]),
                regulation_choice.RIGHT,
            )
        ],
    )


def schools(facts: SessionFacts) -> Step:
    said = ngettext(
        "%(n)s établissement connu, de toutes les sessions.",
        "%(n)s établissements connus, de toutes les sessions.",
        facts.schools,
    ) % {"n": number_format(facts.schools, force_grouping=True)}
    return Step(
        "schools",
        _("Établissements"),
        State.DONE if facts.schools else State.TO_DO,
        said=said if facts.schools else _("Aucun établissement n’est connu."),
        actions=links.import_files(facts, links.SCHOOLS, _("Importer les établissements")),
    )


def entries(facts: SessionFacts) -> Step:
    count = facts.entries
    state = State.DONE if count else State.TO_DO
    if facts.session.replaces:
        return _copied_entries(facts, facts.session.replaces, count)
    if not count and not facts.regulations:
        state = State.NOT_YET
    if facts.imports.get(links.ENTRIES):
        state = State.UNDER_WAY
    return Step(
        "entries",
        _("Inscriptions"),
        state,
        said=_entered(count),
        actions=links.import_files(facts, links.ENTRIES, _("Importer les inscriptions")),
    )


def _entered(count: int) -> str:
    if not count:
        return _("Aucun candidat n’est inscrit.")
    text = ngettext("%(n)s inscription.", "%(n)s inscriptions.", count)
    return text % {"n": number_format(count, force_grouping=True)}


def _copied_entries(facts: SessionFacts, replaced: Session, count: int) -> Step:
    """Return the step of a session whose entries come from the one that it replaces."""
    left = facts.left_to_copy
    troubles = links.job_under_way(facts, replacement_job.KIND)
    if left:
        text = ngettext(
            "%(n)d candidat dont la décision est reportée n’est pas encore repris.",
            "%(n)d candidats dont la décision est reportée ne sont pas encore repris.",
            left,
        )
        troubles.append(Trouble(text % {"n": left}, links.page_of(replaced, "september")))
    state = State.DONE if count else State.NOT_YET
    return Step(
        "entries",
        _("Inscriptions"),
        State.TO_DO if left else state,
        said=_entered(count),
        troubles=troubles,
        actions=[links.copy_deferred(facts.session)],
    )


def marks(facts: SessionFacts) -> Step:
    rounds = facts.in_round(1)
    missing = sum(p.missing for p in rounds)
    state = State.DONE
    if missing:
        state = State.UNDER_WAY if missing < facts.entries else State.TO_DO
    if facts.imports.get(links.MARKS):
        state = State.UNDER_WAY
    if not rounds:
        state = State.NOT_YET
    return Step(
        "marks",
        _("Notes"),
        state,
        said=_("Aucune note ne manque.") if rounds and not missing else "",
        troubles=lacking(facts, rounds),
        actions=links.import_files(facts, links.MARKS, _("Importer les notes")),
    )


def lacking(facts: SessionFacts, rounds: list[RoundProgress]) -> list[Trouble]:
    """Return a link for each speciality to those who lack a mark of a round."""
    return [
        Trouble(
            ngettext(
                "%(code)s : il manque des notes à %(n)s candidat.",
                "%(code)s : il manque des notes à %(n)s candidats.",
                progress.missing,
            )
            % {
                "code": progress.speciality.code,
                "n": number_format(progress.missing, force_grouping=True),
            },
            links.entries_of(facts.session, progress.speciality, lacking=progress.round),
        )
        for progress in rounds
        if progress.missing
    ]


def deliberation(facts: SessionFacts) -> Step:
    rounds = facts.in_round(1)
    state = decided(facts, rounds)
    said = {
        State.TO_DO: _(
            "Délibérer ne montre rien à personne, et peut être refait tant que rien n’est publié."
        ),
        State.DONE: _("Tout est délibéré."),
    }
    return Step(
        "deliberation",
        _("Délibération"),
        state,
        said=said.get(state, ""),
        troubles=[*undecided(facts, rounds), *links.job_under_way(facts, deliberation_job.KIND)],
        actions=deliberate_again(facts, rounds),
    )


def decided(facts: SessionFacts, rounds: list[RoundProgress]) -> State:
    """Return the state of the deliberation of one round."""
    if not rounds:
        return State.NOT_YET
    if deliberation_job.KIND in facts.jobs:
        return State.UNDER_WAY
    if all(progress.undecided == progress.entries for progress in rounds):
        return State.TO_DO
    waits = any(progress.undecided or progress.incomplete for progress in rounds)
    return State.UNDER_WAY if waits else State.DONE


def undecided(facts: SessionFacts, rounds: list[RoundProgress]) -> list[Trouble]:
    """Return a link for each speciality to those who are not decided, or decided incomplete."""
    found = []
    for progress in rounds:
        values = {"code": progress.speciality.code}
        of_round = {"round": progress.round}
        if progress.incomplete:
            text = ngettext(
                "%(code)s : %(n)d décision est incomplète, faute d’une note.",
                "%(code)s : %(n)d décisions sont incomplètes, faute d’une note.",
                progress.incomplete,
            )
            address = links.entries_of(
                facts.session, progress.speciality, **of_round, verdict="INCOMPLETE"
            )
            found.append(Trouble(text % {**values, "n": progress.incomplete}, address))
        if 0 < progress.undecided < progress.entries:
            text = ngettext(
                "%(code)s : %(n)d candidat reste à délibérer.",
                "%(code)s : %(n)d candidats restent à délibérer.",
                progress.undecided,
            )
            address = links.entries_of(
                facts.session, progress.speciality, **of_round, verdict="none"
            )
            found.append(Trouble(text % {**values, "n": progress.undecided}, address))
    return found


def deliberate_again(facts: SessionFacts, rounds: list[RoundProgress]) -> list[Action]:
    """Return the button of the deliberation of one round, until all of it is public."""
    if not rounds or all(_is_public(facts, progress) for progress in rounds):
        return []
    again = any(progress.verdicts for progress in rounds)
    return [links.deliberate(facts, rounds[0].round, again=again)]


def _is_public(facts: SessionFacts, progress: RoundProgress) -> bool:
    return progress.release is not None and progress.release.is_open(facts.now)
