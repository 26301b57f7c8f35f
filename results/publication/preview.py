"""Preview of a release: the verdicts it would show and the problems that block it."""

from dataclasses import dataclass, field
from itertools import islice

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from results.jury import dossiers, incomplete
from results.jury.raising import overgranted
from results.models import Regulation, Release, Verdict


@dataclass
class Preview:
    """Verdicts that a release would show, counted by speciality, and the problems that block it.

    `decisions`: for each speciality a number that stands for all its decisions, in any order.
    `to_check`: codes of the specialities whose regulation was not checked, which blocks nothing.
    """

    round: int
    verdicts: dict[str, dict[str, int]] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    to_check: list[str] = field(default_factory=list)


def preview(session, *, specialities, round=1, at=None):
    """Return the `Preview` of a release of `specialities`; nothing is written.

    `at`: the instant it would open (default: now).
    """
    found = Preview(round, to_check=unchecked(specialities))
    for speciality in specialities:
        selection = dossiers.Selection(session.pk, round=round, speciality_id=speciality.pk)
        tally, found.decisions[speciality.code] = _tally(selection)
        undecided = dossiers.count(selection) - sum(tally.values())
        found.verdicts[speciality.code] = tally
        found.problems += _blockers(speciality, undecided, tally, selection)
        if round == 2 and tally:
            found.problems += _first_round_closed(session, speciality, at or timezone.now())
    return found


def unchecked(specialities):
    """Return the codes of the `specialities` whose regulation was not checked, in order."""
    found = Regulation.objects.filter(speciality__in=specialities, checked=False)
    return list(found.order_by("speciality__code").values_list("speciality__code", flat=True))


def _tally(selection):
    """Return the number of decisions by verdict, and a number that stands for all of them."""
    where, values = selection.where()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT decision.verdict, count(*), sum(hashtextextended(concat_ws('|',"
            " decision.entry_id, decision.verdict, decision.mention, decision.points,"
            " decision.divisor), 0)) FROM results_decision AS decision "
            "JOIN candidates_entry AS entry ON entry.id = decision.entry_id "
            f"WHERE decision.round = %(round)s AND {where} GROUP BY 1",
            values | {"round": selection.round},
        )
        found = cursor.fetchall()
    stands_for = str(sum(digest for _verdict, _count, digest in found))
    return {verdict: count for verdict, count, _digest in found}, stands_for


def _blockers(speciality, undecided, tally, selection):
    problems = []
    if undecided:
        problems.append(
            ngettext(
                "%(code)s : %(count)d inscription n’a pas été délibérée.",
                "%(code)s : %(count)d inscriptions n’ont pas été délibérées.",
                undecided,
            )
            % {"code": speciality.code, "count": undecided}
        )
    if tally.get(Verdict.INCOMPLETE):
        problems.append(incomplete.sentence(speciality.code, selection))
    problems += [
        _("Candidat %(number)s : %(problem)s Revoyez la décision du jury.")
        % {"number": number, "problem": problem}
        for number, problem in islice(overgranted(selection), incomplete.SHOWN)
    ]
    return problems


def _first_round_closed(session, speciality, at):
    """Return a problem if the first round opens later: the second reveals who was called to it."""
    first = Release.objects.filter(session=session, speciality=speciality, round=1).first()
    if first is not None and first.is_open(at):
        return []
    return [
        _("%(code)s : le premier tour ne sera pas publié à cette heure.")
        % {"code": speciality.code}
    ]
