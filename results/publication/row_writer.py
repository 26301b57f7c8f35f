"""Rows of `PublishedResult` by the thousand: those of `results.publication.plain_rows`, faster.

Text that many entries have in common is made once: of an outcome, a mark in a test, a school.
"""

from fractions import Fraction
from json.encoder import encode_basestring as _quoted
from operator import attrgetter
from typing import Any, NamedTuple

from candidates.postal.envelope import postal_lines
from results import rules
from results.document.builder import (
    published_blocks,
    published_control,
    published_entry,
    published_shares,
    published_test,
)
from results.document.contents import VERSION, plain
from results.jury import deliberation
from results.packed_document import packing
from results.publication.plain_rows import PlainRows, decided_text, row, to_json
from results_portal.caches import BoundedCache

_MOST = 1 << 16  # texts of each kind that are kept
_SHOWN = [f'"{rules.show(Fraction(hundredths, 100))}"' for hundredths in range(2001)]


class _Cell(NamedTuple):
    """JSON of a test as it is stored, and of the blocks that are attested from it, "" for none."""

    test: str
    blocks: str


_NO_CELL = _Cell("", "")  # of an optional test that was not entered for


class RowWriter(PlainRows):
    """Turns the dossiers of one release into rows, in a fraction of the time."""

    def __init__(self, book, context, *, round, leave_stale=False):
        super().__init__(book, context, round=round, leave_stale=leave_stale)
        self._regulation = book.regulation
        self._tests = [_TestCells(self._regulation, i, context) for i in range(len(context.tests))]
        self._outcomes: BoundedCache[Any, _OutcomeText] = BoundedCache(_MOST)
        self._entries: BoundedCache[Any, tuple[str, str]] = BoundedCache(_MOST)
        # By mark (and subject) of tests that have no other mark: 2,001 values for each test, some
        # kept marks, and the codes of such entries, by the status that opens tests.
        self._plain_cells: dict[bool, dict[Any, _Cell]] = {True: {}, False: {}}
        self._plain_codes: BoundedCache[tuple[Any, ...], bool] = BoundedCache(_MOST)
        self._choices = _Choices(self._regulation)

    def of(self, dossier):
        outcome, _by_rule = deliberation.decide(dossier, self.books, self._round)
        key = (outcome, dossier.jury_points)
        text = self._outcomes.get(key)
        if text is None:
            text = self._outcomes[key] = _OutcomeText(*key)
        if self._is_left_out(dossier, text.decided):
            return None
        identity = dossier.identity
        entry, route = self._entry(identity)
        document = f"{entry}{_candidate(identity)},{text.json}"
        if not text.withheld:
            document += self._marks(dossier, outcome, text.keeps)
            document += f',"diploma_route":"{route}"' if text.admitted else ',"diploma_route":null'
        return row(dossier, verdict=text.verdict, admitted=text.admitted, document=document + "}")

    def _entry(self, identity):
        key = _of_entry(identity)
        known = self._entries.get(key)
        if known is None:
            head = {
                "version": VERSION,
                packing.SHARED: self._shared_keys(identity),
                "entry": packing.pack_entry(published_entry(identity, self._context)),
            }
            text = to_json(head)[:-1] + ',"candidate":'
            route = self._context.diploma_route(identity)
            known = self._entries[key] = text, route
        return known

    def _marks(self, dossier, outcome, keeps):
        cells = self._cells_by_mark(dossier, outcome, keeps)
        if cells is None:
            cells = self._each_cell(dossier, outcome, keeps)
        control = "null"
        if outcome.verdict is rules.Verdict.CONTROL:
            control = self._control(dossier, outcome)
        text = f',"tests":[{",".join([cell.test for cell in cells])}],"control":{control}'
        blocks = ",".join([cell.blocks for cell in cells if cell.blocks]) if keeps else ""
        return f'{text},"blocks":[{blocks}]' if blocks else text

    def _cells_by_mark(self, dossier, outcome, keeps):
        """Return the `_Cell`s of an entry with one mark for each test; None if some are not known.

        The text of a test then depends on that mark alone, and on the name of the test.
        """
        marks, names = dossier.marks, dossier.subjects
        codes = (dossier.enrolment.status, *[mark[0] for mark in marks])
        if outcome.round != 1 or not self._plain_codes.get(codes):
            return None
        known = self._plain_cells[keeps]
        keys = [(mark, names.get(mark[0])) for mark in marks] if names else marks
        cells = [cell for key in keys if (cell := known.get(key))]
        return cells if len(cells) == len(marks) else None

    def _each_cell(self, dossier, outcome, keeps):
        marks, names = dossier.marks, dossier.subjects
        first, second = {}, {}
        for mark in marks:
            if mark.round == 1:
                first[mark.test] = mark
            elif outcome.round == 2:
                second[mark.test] = mark
        shown = [test for test in self._tests if test.is_open(dossier.enrolment)]
        cells = [(test, test.cell(first, second, outcome, names)) for test in shown]
        cells = [(test, cell) for test, cell in cells if cell is not _NO_CELL]
        codes = [mark.test for mark in marks]
        if outcome.round == 1 and codes == [test.code for test, _cell in cells]:
            self._plain_codes[dossier.enrolment.status, *codes] = True
            known = self._plain_cells[keeps]
            if len(known) < _MOST:
                for mark, (_test, cell) in zip(marks, cells, strict=True):
                    known[(mark, names.get(mark.test)) if names else mark] = cell
        return [cell for _test, cell in cells]

    def _control(self, dossier, outcome):
        """Return a `PublishedControl` in JSON: every choice of tests, with its codes and labels."""
        marks = [mark for mark in dossier.marks if mark.round <= outcome.round]
        lines = rules.lines(
            self._regulation, marks, round=outcome.round, enrolment=dossier.enrolment
        )
        options = rules.options_of(self._regulation, outcome, lines)
        if dossier.subjects:
            return to_json(plain(published_control(options, lines, dossier.subjects)))
        values = {line.test.code: line.value for line in lines}
        choices = self._choices
        tests = [f"{choices.test(test)}{_mark(values[test.code])}}}" for test in options.tests]
        pairs = [f"{choices.pair(codes)}{_mark(needed)}}}" for codes, needed in options.pairs]
        return (
            f'{{"points_missing":"{rules.show_points(options.points_missing)}",'
            f'"choose":{options.choose},"tests":[{",".join(tests)}],"pairs":[{",".join(pairs)}]}}'
        )


class _Choices:
    """JSON of the choices for a second round, each cut before the mark that ends it."""

    def __init__(self, regulation):
        self._labels = {test.code: test.label for test in regulation.tests}
        self._texts = {}

    def test(self, test):
        if test.code not in self._texts:
            coefficient = rules.show_points(test.coefficient)
            words = {"code": test.code, "label": test.label, "coefficient": coefficient}
            self._texts[test.code] = to_json(words)[:-1] + ',"mark":'
        return self._texts[test.code]

    def pair(self, codes):
        text = self._texts.get(codes)
        if text is None:
            words = {"codes": list(codes), "labels": [self._labels[code] for code in codes]}
            text = self._texts[codes] = to_json(words)[:-1] + ',"needed":'
        return text


class _OutcomeText:
    """Text of an outcome in rows and documents."""

    def __init__(self, outcome, jury_points):
        verdict = outcome.verdict
        self.admitted = verdict is rules.Verdict.ADMITTED
        self.withheld = verdict is rules.Verdict.WITHHELD
        self.decided = decided_text(outcome)
        self.verdict = verdict.value
        self.keeps = verdict in rules.KEEPING
        fields = {"verdict": verdict.value, "round": outcome.round}
        if not self.withheld:
            fields |= {
                "mention": outcome.mention,
                "reasons": list(outcome.reasons),
                "jury_points": None if jury_points is None else rules.show_points(jury_points),
                "points": rules.show_points(outcome.points),
                "divisor": rules.show_points(outcome.divisor),
                "points_required": rules.show_points(outcome.points_required),
                "average": None if outcome.average is None else rules.show(outcome.average),
            }
        if outcome.groups:
            fields["shares"] = plain(published_shares(outcome))
        self.json = to_json(fields)[1:-1]


class _TestCells:
    """JSON of one test, for each mark that was given in it."""

    def __init__(self, regulation, place, context):
        self._regulation, self._place, self._context = regulation, place, context
        self._test = regulation.tests[place]
        self.code = self._test.code
        self._codes = [self.code, *(part.code for part in self._test.parts)]
        self._known: BoundedCache[Any, _Cell] = BoundedCache(_MOST)

    def is_open(self, enrolment):
        return rules.is_open(self._test, enrolment)

    def cell(self, first, second, outcome, names):
        """Return the `_Cell` of the test, or `_NO_CELL`."""
        again = second.get(self.code)
        keeps = outcome.verdict in rules.KEEPING
        marks = tuple(map(first.get, self._codes))
        subject = names.get(self.code, "")
        key = (marks, again, outcome.round, keeps, subject)
        known = self._known.get(key)
        if known is None:
            cell = self._cell([mark for mark in (*marks, again) if mark], outcome, subject)
            known = self._known[key] = cell
        return known

    def _cell(self, marks, outcome, subject):
        line = rules.line_of(self._regulation, self.code, marks, round=outcome.round)
        if line is None:
            return _NO_CELL
        test = published_test(line, outcome, self._context, subject)
        blocks = to_json(plain(published_blocks(line, outcome, self._context)))[1:-1]
        return _Cell(to_json(packing.pack_test(test, self._place)), blocks)


_of_entry = attrgetter("status", "form", "posting_place", "school_id", "academy_id")


def _mark(value):
    """Return `rules.show` of a mark in JSON; from a table where it is a number of hundredths."""
    if value is None:
        return "null"
    hundredths, rest = divmod(value.numerator * 100, value.denominator)
    return _SHOWN[hundredths] if not rest else f'"{rules.show(value)}"'


def _candidate(identity):
    """Return a `PublishedCandidate` in JSON, which no two documents share."""
    return (
        f'{{"number":{_quoted(identity.number)},"ine":{_quoted(identity.ine)},'
        f'"birth_name":{_quoted(identity.birth_name)},'
        f'"usage_name":{_quoted(identity.usage_name)},'
        f'"given_names":{_quoted(identity.given_names)},'
        f'"birth_date":"{identity.birth_date}","birth_place":{_quoted(identity.birth_place)},'
        f'"address":[{",".join(map(_quoted, postal_lines(identity)))}]}}'
    )
