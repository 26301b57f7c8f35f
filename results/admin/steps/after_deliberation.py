"""The steps of a session from the jury on: pure functions of its facts."""

from dataclasses import replace

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from results.admin import release_job
from results.admin.lifecycle import RoundProgress
from results.admin.steps import before_release, links
from results.admin.steps.facts import SessionFacts
from results.admin.steps.step import Action, State, Step, Trouble
from results.jury import borderline
from results.jury import job as deliberation_job
from results.models import Regulation, Verdict


def jury(facts: SessionFacts) -> Step:
    rounds = facts.in_round(1)
    state = State.NOT_YET
    if before_release.decided(facts, rounds) is State.DONE:
        state = State.DONE if all(_announced(p) for p in rounds) else State.UNDER_WAY
    said = []
    if state is State.UNDER_WAY and facts.near_a_threshold:
        text = ngettext(
            "%(n)d candidat est à moins de %(distance)s d’un seuil.",
            "%(n)d candidats sont à moins de %(distance)s d’un seuil.",
            facts.near_a_threshold,
        )
        distance = number_format(borderline.NEAREST_BAND, 2)
        said.append(text % {"n": facts.near_a_threshold, "distance": distance})
    if facts.jury_decisions:
        text = ngettext(
            "%(n)d décision motivée.", "%(n)d décisions motivées.", facts.jury_decisions
        )
        said.append(text % {"n": facts.jury_decisions})
    elif state is State.UNDER_WAY:
        said.append(_("Le jury peut relever un candidat jusqu’à la publication."))
    of_session = urlencode({"entry__session__id__exact": facts.session.pk})
    address = f"{reverse('admin:results_jurydecision_changelist')}?{of_session}"
    return Step(
        "jury",
        _("Jury"),
        state,
        said=" ".join(said),
        actions=[] if state is State.NOT_YET else [links.jury(facts)],
        troubles=[Trouble(_("Voir les décisions du jury"), address, is_error=False)]
        if facts.jury_decisions
        else [],
        is_optional=True,
    )


def release(facts: SessionFacts) -> Step:
    rounds = facts.in_round(1)
    state, wait = released(facts, rounds)
    return Step(
        "release",
        _("Publication"),
        state,
        said=wait,
        troubles=[*withdrawn(rounds), *links.job_under_way(facts, release_job.KIND)],
        actions=[
            *links.proposed(facts, 1),
            *([links.release(facts)] if state in {State.TO_DO, State.UNDER_WAY} else []),
            *withdraw(rounds),
        ],
        wait=wait,
    )


def released(facts: SessionFacts, rounds: list[RoundProgress]) -> tuple[State, str]:
    """Return the state of the release of one round, and the hour that it waits for, in words."""
    ready = [p for p in rounds if p.entries and not p.undecided and not p.incomplete]
    announced = [progress for progress in rounds if _announced(progress)]
    opening = [
        p.release.opens_at for p in announced if p.release and not p.release.is_open(facts.now)
    ]
    if not announced:
        return State.TO_DO if ready else State.NOT_YET, ""
    if len(announced) < len(rounds):
        return State.UNDER_WAY, ""
    if opening:
        hour = date_format(localtime(min(opening)), "j F Y, H:i")
        return State.UNDER_WAY, _("Programmée le %(hour)s : rien à faire avant.") % {"hour": hour}
    return State.DONE, ""


def _announced(progress: RoundProgress) -> bool:
    return progress.release is not None and progress.release.withdrawn_at is None


def withdrawn(rounds: list[RoundProgress]) -> list[Trouble]:
    return [
        Trouble(
            _("%(code)s : publication retirée.") % {"code": progress.speciality.code},
            reverse("admin:results_release_change", args=[progress.release.pk]),
        )
        for progress in rounds
        if progress.release and progress.release.withdrawn_at
    ]


def withdraw(rounds: list[RoundProgress]) -> list[Action]:
    """Return the button that withdraws all releases of a round at once."""
    announced = [p.release for p in rounds if p.release and _announced(p)]
    if not announced:
        return []
    address = reverse("admin:results_release_withdraw")
    values = tuple(("release", str(release.pk)) for release in announced)
    return [Action(_("Retirer la publication…"), address, release_job.RIGHT, values)]


def papers(facts: SessionFacts) -> Step:
    rounds = facts.in_round(1)
    said = ""
    if rounds and not any(_announced(progress) for progress in rounds):
        said = _("Listes et relevés attendent la publication ; les autres éditions se font déjà.")
    return Step(
        "papers",
        _("Éditions"),
        State.UNDER_WAY if rounds else State.NOT_YET,
        said=said,
        actions=[links.editions(facts)] if rounds else [],
        is_optional=True,
    )


def second_round(facts: SessionFacts) -> Step:
    first, rounds = facts.in_round(1), facts.in_round(2)
    step = Step("second-round", _("Second tour"), State.NOT_YET)
    if not any(regulation.second_round for regulation in facts.regulations) and not rounds:
        return replace(
            step, state=State.NOT_CONCERNED, said=_("Aucun règlement ne prévoit de second tour.")
        )
    if before_release.decided(facts, first) is not State.DONE:
        return step
    if not rounds:
        return replace(
            step, state=State.NOT_CONCERNED, said=_("Personne n’est appelé au second tour.")
        )
    called = sum(progress.entries for progress in rounds)
    said = ngettext("%(n)s candidat appelé.", "%(n)s candidats appelés.", called) % {
        "n": number_format(called, force_grouping=True)
    }
    if not all(_announced(progress) for progress in first):
        return replace(step, state=State.NOT_YET, said=said)
    state, wait = released(facts, rounds)
    decided = before_release.decided(facts, rounds)
    troubles = [
        *before_release.lacking(facts, rounds),
        *before_release.undecided(facts, rounds),
        *links.job_under_way(facts, deliberation_job.KIND, release_job.KIND),
        *withdrawn(rounds),
    ]
    actions = [] if state is State.DONE else _towards_second_release(facts, rounds, decided)
    if state is State.NOT_YET:
        state = State.TO_DO if decided is State.TO_DO else State.UNDER_WAY
    actions = [*links.proposed(facts, 2), *actions, *withdraw(rounds)]
    return replace(step, state=state, said=said, troubles=troubles, actions=actions, wait=wait)


def _towards_second_release(
    facts: SessionFacts, rounds: list[RoundProgress], decided: State
) -> list[Action]:
    """Return what leads to the release of the second round, what comes next first."""
    load = links.import_files(facts, links.MARKS, _("Importer les notes du second tour"))
    load.append(links.second_round_marks(facts))
    decide = before_release.deliberate_again(facts, rounds)
    if any(progress.missing for progress in rounds) or facts.imports.get(links.MARKS):
        return [*load, *decide]
    if decided is not State.DONE:
        return [*decide, *load]
    return [links.release(facts), *decide]


def september(facts: SessionFacts) -> Step:
    step = Step("september", _("Septembre"), State.NOT_YET)
    if facts.session.replaces_id or not any(map(_is_replaced, facts.regulations)):
        return replace(step, state=State.NOT_CONCERNED)
    deferred = sum(p.verdicts.get(Verdict.DEFERRED, 0) for p in facts.in_round(1))
    first = facts.in_round(1)
    if before_release.decided(facts, first) is not State.DONE:
        return step
    if not deferred:
        return replace(step, state=State.NOT_CONCERNED, said=_("Aucune décision n’est reportée."))
    said = ngettext(
        "%(n)s décision est reportée à la session de remplacement.",
        "%(n)s décisions sont reportées à la session de remplacement.",
        deferred,
    ) % {"n": number_format(deferred, force_grouping=True)}
    if not all(p.release and p.release.is_open(facts.now) for p in first):
        return replace(step, state=State.NOT_YET, said=said)
    if facts.replacement is None:
        add = reverse("admin:candidates_session_add")
        address = f"{add}?{urlencode({'replaces': facts.session.pk})}"
        make = Action(_("Créer la session de remplacement"), address, "candidates.add_session")
        return replace(step, state=State.TO_DO, said=said, actions=[make])
    replacement = Trouble(facts.replacement.label, links.page_of(facts.replacement), is_error=False)
    state = State.UNDER_WAY if facts.left_to_copy else State.DONE
    copy = [links.copy_deferred(facts.replacement)]
    return replace(step, state=state, said=said, troubles=[replacement], actions=copy)


def _is_replaced(regulation: Regulation) -> bool:
    return regulation.force_majeure == Regulation.ForceMajeure.REPLACEMENT
