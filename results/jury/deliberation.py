"""The jury's deliberation: its rules, applied to every entry of a session (délibération)."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from itertools import islice

from django.db import connection, transaction
from django.utils.translation import gettext as _

from candidates.locks import lock_session
from candidates.models import Speciality
from results import rules
from results.jury import dossiers
from results.models import Decision
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
_MOST = 1 << 16  # outcomes whose words are remembered


class DeliberationRefused(Exception):
    """The decisions cannot be written; `problems` says why, a sentence each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Deliberation:
    """What a deliberation found: verdicts counted by speciality code, and decisions by fate."""

    verdicts: dict[str, Counter] = field(default_factory=dict)
    created: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def total(self):
        return sum((tally for tally in self.verdicts.values()), Counter())


class _DryRun(Exception):
    pass


def deliberate(session, *, round=1, dry_run=False, progress=None):
    """Decide every entry of `session` after the given round, and keep the decisions.

    One transaction: all decisions are written, or none. Deciding again changes only what the marks
    have changed. `progress(done, total)` is called as entries are decided.

    Returns a `Deliberation`. Raises `DeliberationRefused` when a regulation is missing, or when a
    decision would change behind a published result (that takes a correction).
    """
    selection = dossiers.Selection(session.pk, round=round)
    found = Deliberation()
    # What a transaction around this one has changed, a second connection could not see.
    alone = not connection.in_atomic_block
    try:
        with transaction.atomic():
            lock_session(session)
            books = rulebooks(session)
            many, first = alone and _are_many(selection), _is_first(session, round)
            decide_all = _write_first if first else _stage
            with gc_paused(), snapshot_connection() if many else nullcontext() as reader:
                decide_all(selection, books, found, progress, reader)
            if not first:
                _refuse_to_change_published(session, round)
                _write(session, round, found)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return found


def rulebooks(session, *, speciality_ids=None):
    """The `Rulebook` of each speciality entered for in `session`, by key of the speciality."""
    specialities = Speciality.objects.filter(entries__session=session).distinct()
    if speciality_ids is not None:
        specialities = specialities.filter(pk__in=speciality_ids)
    books, problems = {}, []
    for speciality in specialities.order_by("code"):
        try:
            books[speciality.pk] = rulebook.load(speciality)
        except rulebook.Regulation.DoesNotExist:
            problems.append(
                _("La spécialité %(code)s n’a pas de règlement d’examen.")
                % {"code": speciality.code}
            )
    if problems:
        raise DeliberationRefused(problems)
    return books


def decide(dossier, books, round):
    """The outcome of one dossier after `round`, and the verdict without the jury's points."""
    decider = rules.decider(books[dossier.speciality_id].regulation)
    withheld = dossier.withheld
    called = dossier.called if round == 2 else None
    by_rule = decider.decide(dossier.marks, round=round, withheld=withheld, called=called)
    points = dossier.jury_points
    if points is None:
        return by_rule, by_rule.verdict
    raised = decider.decide(
        dossier.marks, round=round, withheld=withheld, called=called, jury_points=points
    )
    return raised, by_rule.verdict


def decision_row(dossier, outcome, rule_verdict):
    """The columns of `Decision` that `_COLUMNS` names, cut for display."""
    average = outcome.average
    return (
        dossier.entry_id,
        outcome.verdict.value,
        rule_verdict.value,
        outcome.mention or "",
        cut(outcome.points),
        cut(outcome.divisor),
        None if average is None else Decimal(rules.show(average)),
        list(outcome.reasons),
        dossier.jury_points,
    )


def redecide(selection, books):
    """Decide the selected entries again and keep the decisions, whatever is published of them.

    For `release.refresh` and corrections, which publish the change in the same transaction.
    """
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


def _are_many(selection):
    return dossiers.count(selection) >= MANY


def _is_first(session, round):
    return not Decision.objects.filter(entry__session=session, round=round).exists()


def _write_first(selection, books, found, progress, reader):
    """Copy the decisions of a round that has none straight into their table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or a million checks wait in memory
    command = f"COPY results_decision (round, {_COLUMNS}) FROM STDIN"
    before = f"{selection.round}\t"
    found.created = _copy(command, before, selection, books, found, progress, reader)
    analyze(found.created, "results_decision")


def _stage(selection, books, found, progress, reader=None):
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_STAGED)
    _copy("COPY decided FROM STDIN", "", selection, books, found, progress, reader)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE decided")  # or the set-based writes are planned for an empty table


def _copy(command, before, selection, books, found, progress, reader):
    """Decide the selected entries into lines, `before` in front of each; returns how many."""
    total = dossiers.count(selection) if progress else 0
    tallies = {pk: Counter() for pk in books}
    remaining = dossiers.stream(selection, rulebooks=books, reader=reader)
    done, told = 0, BoundedCache(_MOST)
    # One connection reads or writes: the next are decided meanwhile only where there are two.
    with background_copy() if reader else nullcontext(at_once) as copy:
        lines = True
        while lines:
            lines = []
            for dossier in islice(remaining, dossiers.CHUNK):
                outcome, rule_verdict = decide(dossier, books, selection.round)
                tallies[dossier.speciality_id][outcome.verdict] += 1
                lines.append(before + _line(dossier, outcome, rule_verdict, told))
            copy(command, lines)
            done += len(lines)
            if progress:
                progress(done, total)
    found.verdicts = {book.speciality.code: tallies[pk] for pk, book in books.items()}
    return done


def _line(dossier, outcome, rule_verdict, told):
    """The decision as a line of `COPY`; `told` remembers what is said of each outcome."""
    points = dossier.jury_points
    # Where the jury gave no points its verdict is that of the rules.
    key = id(outcome) if points is None else (id(outcome), rule_verdict, points)
    known = told.get(key)
    if known is None:
        columns = decision_row(dossier, outcome, rule_verdict)[1:]
        # The outcome is kept beside its words, so that its identity stays its own.
        known = told[key] = ("\t".join(map(_field, columns)), outcome)
    return f"{dossier.entry_id}\t{known[0]}\n"


def _field(value):
    if isinstance(value, list):
        quoted = (reason.replace("\\", r"\\").replace('"', r"\"") for reason in value)
        return escaped("{" + ",".join(f'"{reason}"' for reason in quoted) + "}")
    return r"\N" if value is None else escaped(str(value))


def _refuse_to_change_published(session, round):
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


def _write(session, round, found):
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"round": round})
        found.created, found.changed = cursor.fetchone()
        cursor.execute(_REMOVE, {"round": round, "session": session.pk, "entries": None})
        found.removed = cursor.rowcount
    analyze(found.created, "results_decision")


def cut(value):
    """A sum in the four decimals of its column, cut."""
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

# What changed first, set against set; what is published of it after, for it is nearly nothing.
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

# An entry that is no longer called to the second round keeps no decision of it.
_REMOVE = """
DELETE FROM results_decision AS kept USING candidates_entry AS entry
WHERE entry.id = kept.entry_id AND entry.session_id = %(session)s AND kept.round = %(round)s
    AND (%(entries)s::bigint[] IS NULL OR kept.entry_id = ANY(%(entries)s))
    AND NOT EXISTS (SELECT FROM decided WHERE decided.entry_id = kept.entry_id)
"""
