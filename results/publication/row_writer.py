"""The rows of `PublishedResult`, one line of `COPY` for each entry.

What many entries have in common is put into words once: an outcome, a mark in a test, a school.
"""

from fractions import Fraction
from json import JSONEncoder
from json.encoder import encode_basestring as _quoted
from operator import attrgetter

from candidates.names.sorting import display_name, search_key, sort_key
from candidates.postal.envelope import postal_lines
from results import rules
from results.document import contents as document
from results.document import verification_code
from results.jury import deliberation, dossiers
from results.packed_document import packing, shared_parts
from results_portal.caches import BoundedCache
from results_portal.imports.staging import escaped

_MOST = 1 << 16  # of each kind that are remembered
_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SHOWN = [f'"{rules.show(Fraction(hundredths, 100))}"' for hundredths in range(2001)]
_FAILED = {rules.Verdict.REFUSED, rules.Verdict.ELIMINATED}


class Rows:
    """Turns the dossiers of one release into rows.

    `verdict` of a row is that of the present marks; `stale` gathers the numbers of the entries of
    whom something else was deliberated, whose rows are left out where `leave_stale` asks for it.
    """

    def __init__(self, book, context, *, round, leave_stale=False):
        self.stale = []
        self._leave_stale = leave_stale
        self.books = {book.speciality.pk: book}
        self._regulation = book.regulation
        self._context = context
        self._round = round
        self._tests = [_TestCells(self._regulation, i, context) for i in range(len(context.tests))]
        self._outcomes, self._entries = BoundedCache(_MOST), BoundedCache(_MOST)
        self._codes = [test.code for test in self._regulation.tests if not test.parts]
        if len(self._codes) < len(self._tests):
            self._codes = None
        self._plain_cells = {True: BoundedCache(_MOST), False: BoundedCache(_MOST)}
        self._choices = _Choices(self._regulation)
        self._keys = _keys(context)
        self._words = self._keys["words"]

    def names_shared(self, keys):
        """Whether shared parts of these `keys`, and the words of the tests among them, are those
        that the rows would name now."""
        return self._words in keys and keys <= set(self._keys.values())

    def of(self, dossier):
        """The fields of one row that `COLUMNS` names, each as `COPY` takes it, the document last
        and open for more: without its closing brace."""
        outcome, _by_rule = deliberation.decide(dossier, self.books, self._round)
        told = self._told(outcome, dossier.jury_points)
        identity = dossier.identity
        if told.decided != dossier.decided:
            self.stale.append(identity.number)
            if self._leave_stale:
                return None
        entry, route = self._entry(identity)
        text = f"{entry}{_candidate(identity)},{told.json}"
        if not told.withheld:
            text += self._marks(dossier, outcome, told.failed)
            text += f',"diploma_route":"{route}"' if told.admitted else ',"diploma_route":null'
        return (
            f"{dossier.entry_id}",
            told.verdict,
            "t" if told.admitted and identity.web_consent else "f",
            *_names(identity),
            verification_code.generate(),
            text.replace("\\", r"\\"),  # nothing else in JSON means anything to COPY
        )

    def _told(self, outcome, jury_points):
        # The outcome is kept beside its words, so that its identity stays its own.
        key = (id(outcome), jury_points)
        known = self._outcomes.get(key)
        if known is None:
            known = self._outcomes[key] = _Told(outcome, jury_points)
        return known

    def _entry(self, identity):
        key = _of_entry(identity)
        known = self._entries.get(key)
        if known is None:
            school, academy = identity.school_id or None, identity.academy_id
            shared = [self._keys["words"], self._keys[academy], self._keys.get(school)]
            entry = {
                "status": identity.status,
                "form": identity.form,
                "posting_place": identity.posting_place,
                "school": school and {"uai": school},
                "academy": {"code": academy},
            }
            head = {"version": document.VERSION, packing.SHARED: shared, "entry": entry}
            text = _json(head)[:-1] + ',"candidate":'
            route = self._context.diploma_route(identity)
            known = self._entries[key] = text, route
        return known

    def _marks(self, dossier, outcome, failed):
        marks = dossier.marks
        cells = None
        if outcome.round == 1 and [mark[0] for mark in marks] == self._codes:
            # Each test has one mark, which says all of it.
            known = self._plain_cells[failed]
            cells = [cell[0] for mark in marks if (cell := known.get(id(mark)))]
        if cells is None or len(cells) < len(marks):
            cells = self._each_cell(marks, outcome, failed)
        control = "null"
        if outcome.verdict is rules.Verdict.CONTROL:
            control = self._control(dossier, outcome)
        return f',"tests":[{",".join(cells)}],"control":{control}'

    def _each_cell(self, marks, outcome, failed):
        first, second = {}, {}
        for mark in marks:
            if mark.round == 1:
                first[mark.test] = mark
            elif outcome.round == 2:
                second[mark.test] = mark
        cells = [cell for test in self._tests if (cell := test.cell(first, second, outcome))]
        if outcome.round == 1 and [mark.test for mark in marks] == self._codes:
            for mark, cell in zip(marks, cells, strict=True):
                self._plain_cells[failed][id(mark)] = cell, mark
        return cells

    def _control(self, dossier, outcome):
        """`document.control` in JSON: every choice of tests, with its codes and labels."""
        marks = [mark for mark in dossier.marks if mark.round <= outcome.round]
        lines = rules.lines(self._regulation, marks, round=outcome.round)
        options = rules.options_of(self._regulation, outcome, lines)
        values = {line.test.code: line.value for line in lines}
        told = self._choices
        tests = [f"{told.test(test)}{_mark(values[test.code])}}}" for test in options.tests]
        pairs = [f"{told.pair(codes)}{_mark(needed)}}}" for codes, needed in options.pairs]
        return (
            f'{{"points_missing":"{rules.show_points(options.points_missing)}",'
            f'"choose":{options.choose},"tests":[{",".join(tests)}],"pairs":[{",".join(pairs)}]}}'
        )


class _Choices:
    """The words of what may be chosen for a second round, each open for the mark that ends it."""

    def __init__(self, regulation):
        self._labels = {test.code: test.label for test in regulation.tests}
        self._told = {}

    def test(self, test):
        if test.code not in self._told:
            coefficient = rules.show_points(test.coefficient)
            words = {"code": test.code, "label": test.label, "coefficient": coefficient}
            self._told[test.code] = _json(words)[:-1] + ',"mark":'
        return self._told[test.code]

    def pair(self, codes):
        told = self._told.get(codes)
        if told is None:
            words = {"codes": list(codes), "labels": [self._labels[code] for code in codes]}
            told = self._told[codes] = _json(words)[:-1] + ',"needed":'
        return told


class _Told:
    """An outcome in the words of rows and documents."""

    def __init__(self, outcome, jury_points):
        self._outcome = outcome
        verdict, mention = outcome.verdict, outcome.mention or ""
        average = None if outcome.average is None else rules.show(outcome.average)
        self.admitted = verdict is rules.Verdict.ADMITTED
        self.withheld = verdict is rules.Verdict.WITHHELD
        sums = deliberation.truncate(outcome.points), deliberation.truncate(outcome.divisor)
        self.decided = dossiers.decision_text(verdict.value, mention, *sums, average)
        self.verdict = verdict.value
        self.failed = verdict in _FAILED
        said = {"verdict": verdict.value, "round": outcome.round}
        if not self.withheld:
            said |= {
                "mention": outcome.mention,
                "reasons": list(outcome.reasons),
                "jury_points": None if jury_points is None else rules.show_points(jury_points),
                "points": rules.show_points(outcome.points),
                "divisor": rules.show_points(outcome.divisor),
                "points_required": rules.show_points(outcome.points_required),
                "average": average,
            }
        self.json = _json(said)[1:-1]


class _TestCells:
    """What documents say of one test, for each mark that it was given."""

    def __init__(self, regulation, place, context):
        self._regulation, self._place, self._year = regulation, place, context.year
        self._test = regulation.tests[place]
        self._code = self._test.code
        self._codes = [self._code, *(part.code for part in self._test.parts)]
        self._known = BoundedCache(_MOST)

    def cell(self, first, second, outcome):
        """The test as it is stored, or None when an optional one was not entered for."""
        again = second.get(self._code)
        failed = outcome.verdict in _FAILED
        marks = tuple(map(first.get, self._codes))
        # The marks are kept beside their words, so that the identity of each stays its own.
        key = (*map(id, marks), id(again), outcome.round, failed)
        known = self._known.get(key)
        if known is None:
            text = self._cell([mark for mark in (*marks, again) if mark], outcome)
            known = self._known[key] = text, marks, again
        return known[0]

    def _cell(self, marks, outcome):
        line = rules.line_of(self._regulation, self._code, marks, round=outcome.round)
        if line is None:
            return None
        return _json(packing.pack_test(document.test(line, outcome, self._year), self._place))


COLUMNS = (
    "entry_id",
    "verdict",
    "web_listed",
    "list_name",
    "sort_key",
    "search_key",
    "posting_place",
    "verification_code",
    "document",
)


_of_entry = attrgetter("status", "form", "posting_place", "school_id", "academy_id")


def _mark(value):
    """A mark as `rules.show` puts it, in JSON; one in hundredths from the table of them."""
    if value is None:
        return "null"
    hundredths, rest = divmod(value.numerator * 100, value.denominator)
    return _SHOWN[hundredths] if not rest else f'"{rules.show(value)}"'


def _candidate(identity):
    """`document.candidate` in JSON: its words are all that no two documents share."""
    return (
        f'{{"number":{_quoted(identity.number)},"ine":{_quoted(identity.ine)},'
        f'"birth_name":{_quoted(identity.birth_name)},'
        f'"usage_name":{_quoted(identity.usage_name)},'
        f'"given_names":{_quoted(identity.given_names)},'
        f'"birth_date":"{identity.birth_date}","birth_place":{_quoted(identity.birth_place)},'
        f'"address":[{",".join(map(_quoted, postal_lines(identity)))}]}}'
    )


def _names(identity):
    """Name on lists, sort key, search key and posting place, as `COPY` takes them."""
    family, given = identity.usage_name or identity.birth_name, identity.given_names
    shown, key = display_name(family, given), sort_key(family, given)
    search = f"{search_key(family)} {search_key(given)}"
    place = identity.posting_place
    return escaped(shown), escaped(key), search, escaped(place)


def _keys(context):
    """The keys of the shared parts, which are written: of the words, by académie and by school."""
    contents = {
        "words": packing.words(
            session=context.session,
            speciality=context.speciality,
            regulation_tests=context.tests,
        ),
        **context.academies,
        **context.schools,
    }
    return dict(zip(contents, shared_parts.keep(list(contents.values())), strict=True))
