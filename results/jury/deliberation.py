"""The jury's deliberation (délibération): apply the rules to every entry of a session."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from candidates.locks import lock_session
from candidates.models import Session, Speciality
from results import rules
from results.document.dossier import Dossier
from results.jury import dossiers, enrolments, incomplete
from results.models import Decision, Regulation
from results.regulations import rulebook
from results_portal.caches import BoundedCache
from results_portal.imports.parallel import (
    MANY,
    at_once,
    background_copy,
    gc_paused,
    snapshot_connection,
)
from results_portal.imports.staging import analyze, escaped

_TEN_THOUSANDTH = Decimal("0.0001")
_MOST_OUTCOMES = 1 << 16

Books = Mapping[int, rulebook.Rulebook]  # by primary key of the speciality
Progress = Callable[[int, int], None]  # (done, total)
_Cache = BoundedCache[tuple[int, rules.Outcome, rules.Verdict, Decimal | None], str]


class DeliberationRefused(Exception):
    """The decisions cannot be written; `problems`: a sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Deliberation:
    """The outcome of a deliberation: counts of verdicts by speciality code, and of rows written.

    `incomplete`: a sentence for each speciality that names those whose marks are missing.
    """

    verdicts: dict[str, Counter[rules.Verdict]] = field(default_factory=dict)
    incomplete: list[str] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def total(self) -> Counter[rules.Verdict]:
        return sum(self.verdicts.values(), Counter())


def deliberate(
    session: Session,
    *,
    round: int = 1,
    dry_run: bool = False,
    progress: Progress | None = None,
    finish: Callable[[Deliberation], None] | None = None,
) -> Deliberation:
    """Decide every entry of `session` after `round`, and write the decisions.

    One transaction: all decisions are written, or none. Only rows that differ are changed.
    `progress(done, total)` is called as entries are decided, `finish(outcome)` last.

    Raises `DeliberationRefused` when a regulation is missing, or lacks a test that an entry names,
    or when a decision behind a published result would change, which takes a correction.
    """
    selection = dossiers.Selection(session.pk, round=round)
    found = Deliberation()
    # A second connection does not see uncommitted changes of a surrounding transaction.
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        lock_session(session)
        books = rulebooks(session)
        if problems := enrolments.problems(session):
            raise DeliberationRefused(problems)
        many, first = outermost and _are_many(selection), _is_first(session, round)
        decide_all = _write_first if first else _stage
        with gc_paused(), snapshot_connection() if many else nullcontext() as reader:
            decide_all(selection, books, found, progress, reader)
        if not first:
            _refuse_to_change_published(session, round)
            _write(session, round, found)
        found.incomplete = _name_incomplete(selection, books, found)
        if finish:
            finish(found)
        if dry_run:
            transaction.set_rollback(True)
    return found


def _name_incomplete(selection: dossiers.Selection, books: Books, found: Deliberation) -> list[str]:
    return [
        incomplete.sentence(book.speciality.code, replace(selection, speciality_id=pk))
        for pk, book in books.items()
        if found.verdicts[book.speciality.code][rules.Verdict.INCOMPLETE]
    ]


def rulebooks(
    session: Session, *, speciality_ids: Collection[int] | None = None
) -> dict[int, rulebook.Rulebook]:
    """Return the `Rulebook` of each speciality with entries in `session`, by its primary key.

    Raises `DeliberationRefused` when a speciality has no regulation.
    """
    specialities = Speciality.objects.entered_in(session)
    if speciality_ids is not None:
        specialities = specialities.filter(pk__in=speciality_ids)
    books, problems = {}, []
    for speciality in specialities.order_by("code"):
        try:
            books[speciality.pk] = rulebook.load(speciality, session)
        except Regulation.DoesNotExist:
            problems.append(
                _("La spécialité %(code)s n’a pas de règlement d’examen.")
                % {"code": speciality.code}
            )
    if problems:
        raise DeliberationRefused(problems)
    return books


def decide(dossier: Dossier, books: Books, round: int) -> tuple[rules.Outcome, rules.Verdict]:
    """Return the outcome of one dossier after `round`, and the verdict without jury points."""
    decider = books[dossier.speciality_id].decider
    withheld = dossier.withheld
    called = dossier.called if round == 2 else None
    enrolment = dossier.enrolment
    by_rule = decider.decide(
        dossier.marks, round=round, withheld=withheld, called=called, enrolment=enrolment
    )
    points = dossier.jury_points
    if points is None:
        return by_rule, by_rule.verdict
    raised = decider.decide(
        dossier.marks,
        round=round,
        withheld=withheld,
        called=called,
        jury_points=points,
        enrolment=enrolment,
    )
    return raised, by_rule.verdict


def _decision_columns(
    outcome: rules.Outcome, rule_verdict: rules.Verdict, jury_points: Decimal | None
) -> tuple[Any, ...]:
    """Return the values of `_COLUMNS` after the entry, truncated for display."""
    average = outcome.average
    return (
        outcome.verdict.value,
        rule_verdict.value,
        outcome.mention or "",
        truncate(outcome.points),
        truncate(outcome.divisor),
        None if average is None else Decimal(rules.show(average)),
        list(outcome.reasons),
        jury_points,
    )


def redecide(selection: dossiers.Selection, books: Books) -> None:
    """Decide the selected entries again and write the decisions, even those already published.

    For `release.refresh` and corrections, which publish the change in the same transaction.
    `selection` lists the entries.
    """
    if selection.entry_ids is None:
        raise ValueError("no entries listed")
    _stage(selection, books, Deliberation(), None)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"round": selection.round})
        cursor.execute(
            _REMOVE,
            {
                "round": selection.round,
                "session": selection.session_id,
                "entries": list(selection.entry_ids),
            },
        )


def _are_many(selection: dossiers.Selection) -> bool:
    return dossiers.count(selection) >= MANY


def _is_first(session: Session, round: int) -> bool:
    return not Decision.objects.filter(entry__session=session, round=round).exists()


def _write_first(
    selection: dossiers.Selection,
    books: Books,
    found: Deliberation,
    progress: Progress | None,
    reader: Any,
) -> None:
    """Copy the decisions of a round that has none yet straight into their table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # deferred, a million checks fill memory
    command = f"COPY results_decision (round, {_COLUMNS}) FROM STDIN"
    before = f"{selection.round}\t"
    found.created = _copy(command, before, selection, books, found, progress, reader)
    analyze(found.created, "results_decision")


def _stage(
    selection: dossiers.Selection,
    books: Books,
    found: Deliberation,
    progress: Progress | None,
    reader: Any = None,
) -> None:
    """Copy the decisions into a temporary table, to be compared with those there are."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_STAGED)
    _copy("COPY decided FROM STDIN", "", selection, books, found, progress, reader)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE decided")  # else the next statements are planned for an empty table


def _copy(
    command: str,
    before: str,
    selection: dossiers.Selection,
    books: Books,
    found: Deliberation,
    progress: Progress | None,
    reader: Any,
) -> int:
    """Decide the selected entries and copy them as lines that begin with `before`; return a count.

    With a `reader`, the next chunk is read and decided while PostgreSQL takes this one.
    """
    total = dossiers.count(selection) if progress else 0
    tallies: dict[int, Counter[rules.Verdict]] = {pk: Counter() for pk in books}
    cache: _Cache = BoundedCache(_MOST_OUTCOMES)

    def decide_each() -> Iterator[str]:
        for dossier in dossiers.stream(selection, rulebooks=books, reader=reader):
            outcome, rule_verdict = decide(dossier, books, selection.round)
            tallies[dossier.speciality_id][outcome.verdict] += 1
            yield before + _line(dossier, outcome, rule_verdict, cache)

    done, remaining = 0, decide_each()
    with background_copy() if reader else nullcontext(at_once) as copy:
        while lines := list(islice(remaining, dossiers.CHUNK)):
            copy(command, lines)
            done += len(lines)
            if progress:
                progress(done, total)
    found.verdicts = {book.speciality.code: tallies[pk] for pk, book in books.items()}
    return done


def _line(
    dossier: Dossier,
    outcome: rules.Outcome,
    rule_verdict: rules.Verdict,
    cache: _Cache,
) -> str:
    """Return the decision as a line of `COPY`; equal outcomes share the text in `cache`."""
    points = dossier.jury_points
    # With its speciality, for comparing equal outcomes of two takes longer than another text.
    key = (dossier.speciality_id, outcome, rule_verdict, points)
    text = cache.get(key)
    if text is None:
        columns = _decision_columns(outcome, rule_verdict, points)
        text = cache[key] = "\t".join(map(_field, columns))
    return f"{dossier.entry_id}\t{text}\n"


def _field(value: Any) -> str:
    """Return one value as `COPY` takes it."""
    if isinstance(value, list):
        quoted = (reason.replace("\\", r"\\").replace('"', r"\"") for reason in value)
        return escaped("{" + ",".join(f'"{reason}"' for reason in quoted) + "}")
    return r"\N" if value is None else escaped(str(value))


def _refuse_to_change_published(session: Session, round: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_BEHIND_PUBLISHED, {"round": round, "session": session.pk})
        numbers = [number for (number,) in cursor.fetchall()]
    if numbers:
        raise DeliberationRefused(
            [
                _(
                    "Candidat %(number)s : son résultat est déjà programmé ou publié, une autre "
                    "décision passe par une correction motivée."
                )
                % {"number": number}
                for number in numbers
            ]
        )


def _write(session: Session, round: int, found: Deliberation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"round": round})
        found.created, found.changed = cursor.fetchone()
        cursor.execute(_REMOVE, {"round": round, "session": session.pk, "entries": None})
        found.removed = cursor.rowcount
    analyze(found.created, "results_decision")


def truncate(value: Fraction) -> Decimal:
    """Return a sum truncated to the four decimals of its column."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(_TEN_THOUSANDTH, rounding=ROUND_DOWN)


_COLUMNS = (
    "entry_id, verdict, rule_verdict, mention, points, divisor, average, reasons, jury_points"
)

_CREATE_STAGED = f"""
DROP TABLE IF EXISTS pg_temp.decided;
CREATE TEMPORARY TABLE decided ON COMMIT DROP AS
SELECT {_COLUMNS} FROM results_decision WITH NO DATA
"""

# Join whole sets to find changed decisions, then look up published results of the few found.
_CHANGED_BEHIND_PUBLISHED = """
WITH changed AS MATERIALIZED (
    SELECT decided.entry_id
    FROM decided
    JOIN results_decision AS kept ON kept.entry_id = decided.entry_id AND kept.round = %(round)s
    WHERE (kept.verdict, kept.mention, kept.points, kept.divisor, kept.average)
        IS DISTINCT FROM
        (decided.verdict, decided.mention, decided.points, decided.divisor, decided.average)
)
SELECT entry.number
FROM changed
JOIN candidates_entry AS entry ON entry.id = changed.entry_id
WHERE EXISTS (
    SELECT FROM results_publishedresult AS published
    WHERE published.entry_id = changed.entry_id AND published.round >= %(round)s
)
ORDER BY entry.number
LIMIT 20
"""

_UPSERT = f"""
WITH written AS (
    INSERT INTO results_decision AS kept ({_COLUMNS}, round)
    SELECT {_COLUMNS}, %(round)s FROM decided
    ON CONFLICT (entry_id, round) DO UPDATE SET
        verdict = excluded.verdict, rule_verdict = excluded.rule_verdict,
        mention = excluded.mention, points = excluded.points, divisor = excluded.divisor,
        average = excluded.average, reasons = excluded.reasons,
        jury_points = excluded.jury_points, decided_at = now()
    WHERE (kept.verdict, kept.rule_verdict, kept.mention, kept.points, kept.divisor, kept.average,
           kept.reasons, kept.jury_points)
        IS DISTINCT FROM
          (excluded.verdict, excluded.rule_verdict, excluded.mention, excluded.points,
           excluded.divisor, excluded.average, excluded.reasons, excluded.jury_points)
    RETURNING xmax = 0 AS created
)
SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created) FROM written
"""

# Deletes second-round decisions of entries that are no longer called to that round.
_REMOVE = """
DELETE FROM results_decision AS kept USING candidates_entry AS entry
WHERE entry.id = kept.entry_id AND entry.session_id = %(session)s AND kept.round = %(round)s
    AND (%(entries)s::bigint[] IS NULL OR kept.entry_id = ANY(%(entries)s))
    AND NOT EXISTS (SELECT FROM decided WHERE decided.entry_id = kept.entry_id)
"""
