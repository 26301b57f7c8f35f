"""The September session (session de remplacement) of those whose decision is deferred in July."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.locks import lock_sessions
from candidates.models import Entry, Session
from results.jury.incomplete import SHOWN
from results.models import Decision, Mark, PublishedResult, Release, Verdict
from results.rules import EXCESS

Pairs = Sequence[tuple[Entry, Entry]]  # of July and of September
Left = defaultdict[str, list[str]]  # candidate numbers, by the reason of `_REASONS`

# Of an entry, what each session has of its own.
_OWN = {"id", "session_id", "centre", "visit", "created_at"}
_COPIED = [f.attname for f in Entry._meta.concrete_fields if f.attname not in _OWN]

# Force majeure in an option that only adds defers nothing, and in a test that is not replaced it
# exempts from it (`TestRule.replaced`): so it does in September.
_FORCE_MAJEURE = Q(status=Mark.Status.FORCE_MAJEURE)
_NOT_REPLACED = Q(test__replaced=False) | Q(test__whole__replaced=False)
_REPLACED = _FORCE_MAJEURE & ~Q(test__optional=True, test__counts=EXCESS) & ~_NOT_REPLACED

_REASONS = {
    "untold": gettext_lazy(
        "Décision reportée, pas encore publiée ; relancez après son heure : %s."
    ),
    "late": gettext_lazy(
        "Spécialité déjà annoncée ici ; retirez sa publication, puis relancez : %s."
    ),
    "moved": gettext_lazy("Inscrits ici dans une autre spécialité, notes non reprises : %s."),
    "frozen": gettext_lazy("Résultat déjà écrit ici, notes non reprises : %s."),
    "differing": gettext_lazy("Notes différentes ici, laissées telles quelles : %s."),
    "decided": gettext_lazy(
        "Décision prise depuis dans la session remplacée, inscription laissée : %s."
    ),
}


class ReplacementRefused(Exception):
    """Nothing can be copied; `problems`: a sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Opened:
    """The outcome: counts of entries and marks copied, and of deferred entries already there.

    `left`: a sentence for each reason why something was left alone, which names the candidates.
    """

    entries: int = 0
    marks: int = 0
    present: int = 0
    left: list[str] = field(default_factory=list)


def open_replacement(session: Session) -> Opened:
    """Copy the deferred entries of the session that `session` replaces, with the marks they sat.

    Deferred are those of whom an open release says so: before its hour nothing may differ for them.
    They keep number, access code and all that the office has of them; marks of the first round keep
    their status, without the tests that are replaced: these are sat now. One transaction, which
    changes nothing that is there: run again after a correction, it adds what is missing.

    Raises `ReplacementRefused` for a session that replaces none, and when a number is that of
    somebody else there.
    """
    replaced = session.replaces
    if replaced is None:
        raise ReplacementRefused(
            [_("%s ne remplace aucune session : son fichier doit dire laquelle.") % session.code]
        )
    with transaction.atomic():
        lock_sessions(replaced, session)
        there = {entry.number: entry for entry in Entry.objects.of(session)}
        left: Left = defaultdict(list)
        missing, pairs = _sorted_out(replaced, session, there, left)
        copies = Entry.objects.bulk_create(_copy(entry, session) for entry in missing)
        opened = Opened(entries=len(copies), present=len(pairs) + len(left["moved"]))
        opened.marks = _copy_marks([*pairs, *zip(missing, copies, strict=True)], left)
        left["decided"] += _decided_since(replaced, there)
        nobody = not (missing or pairs or any(left.values()))
    opened.left = [_("Aucune décision reportée dans %s.") % replaced.code] if nobody else []
    opened.left += [
        sentence % _named(left[reason]) for reason, sentence in _REASONS.items() if left[reason]
    ]
    return opened


def _sorted_out(
    replaced: Session, session: Session, there: dict[str, Entry], left: Left
) -> tuple[list[Entry], Pairs]:
    """Return the deferred entries to copy, and those that are there, each beside its copy."""
    deferred = list(_deferred(replaced))
    told = PublishedResult.objects.open().filter(entry__in=deferred)
    told_ids = set(told.values_list("entry_id", flat=True))
    announced = set(
        Release.objects.announced().filter(session=session).values_list("speciality_id", flat=True)
    )
    missing, pairs, problems = [], [], []
    for entry in deferred:
        copy = there.get(entry.number)
        if entry.pk not in told_ids:
            left["untold"].append(entry.number)
        elif copy is None and entry.speciality_id in announced:
            left["late"].append(entry.number)
        elif copy is None:
            missing.append(entry)
        elif copy.candidate_id != entry.candidate_id:
            values = {"number": entry.number, "session": session.code}
            problems.append(_("%(session)s : le numéro %(number)s est déjà à un autre.") % values)
        elif copy.speciality_id != entry.speciality_id:
            left["moved"].append(entry.number)
        else:
            pairs.append((entry, copy))
    if problems:
        raise ReplacementRefused(problems)
    return missing, pairs


def _deferred(session: Session) -> Iterable[Entry]:
    """Return the deferred entries; who corrects their birth date, and so their code, waits."""
    entries = Entry.objects.of(session).filter(
        decisions__round=1, decisions__verdict=Verdict.DEFERRED
    )
    locked = entries.select_related("candidate").select_for_update(of=("candidate",), no_key=True)
    return locked.order_by("number")


def _decided_since(session: Session, there: dict[str, Entry]) -> list[str]:
    """Return the numbers of entries copied before, whose decision is deferred no longer."""
    numbers = {entry.candidate_id: number for number, entry in there.items()}
    decided = Decision.objects.filter(entry__session=session, round=1, entry__number__in=there)
    found = decided.exclude(verdict=Verdict.DEFERRED).values_list(
        "entry__candidate_id", "entry__number"
    )
    return sorted(number for person, number in found if numbers.get(person) == number)


def _copy(entry: Entry, session: Session) -> Entry:
    return Entry(session=session, **{name: getattr(entry, name) for name in _COPIED})


def _copy_marks(pairs: Pairs, left: Left) -> int:
    """Write the marks that were sat and are not there yet; return their number."""
    copy_of = {entry.pk: copy for entry, copy in pairs}
    there = {
        (mark.entry_id, mark.test_id): mark
        for mark in Mark.objects.filter(entry__in=copy_of.values(), round=1)
    }
    written = PublishedResult.objects.filter(entry__in=copy_of.values())
    frozen = set(written.values_list("entry_id", flat=True))
    sat = Mark.objects.filter(entry__in=copy_of, round=1).exclude(_REPLACED)
    exempt = set(sat.filter(_FORCE_MAJEURE & _NOT_REPLACED).values_list("pk", flat=True))
    marks: list[Mark] = []
    differing: Left = defaultdict(list)
    late: dict[str, None] = {}
    for mark in sat.select_related("test").order_by("entry__number", "test__position"):
        copy = copy_of[mark.entry_id]
        if mark.pk in exempt:
            mark.status = Mark.Status.EXEMPT
        present = there.get((copy.pk, mark.test_id))
        if present is not None:
            if _value(present) != _value(mark):
                differing[copy.number].append(mark.test.code)
        elif copy.pk in frozen:
            late[copy.number] = None
        else:
            values = dict(zip(_VALUES, _value(mark), strict=True))
            marks.append(Mark(entry=copy, test=mark.test, **values))
    left["differing"] += (f"{number} ({', '.join(codes)})" for number, codes in differing.items())
    left["frozen"] += late
    return len(Mark.objects.bulk_create(marks))


_VALUES = ("value", "status", "origin")


def _value(mark: Mark) -> tuple[int | None, str, int | None]:
    return mark.value, mark.status, mark.origin


def _named(numbers: Sequence[str]) -> str:
    return ", ".join(numbers[:SHOWN]) + ("…" if len(numbers) > SHOWN else "")
