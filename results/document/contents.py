"""Contents of a published document: everything that the page and the score sheet of one entry show.

The names of the fields are the keys of the document as JSON (`plain`), which templates read.
Numbers are decimal strings with a point, cut and never rounded up; dates are ISO strings. Which
edition of a document a row of `PublishedResult` is (revision, hour, reason of a correction) stands
in columns of the row: see `results.document.edition`.
"""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from django.conf import settings

from results.document.published_rules import PublishedRules

VERSION = 1

REPLACED = "REMPL"  # status of a test that force majeure defers to the replacement session
EXCUSED = "EXC"  # of one that force majeure takes out of the average, as nothing replaces it

PRINTED_DATES = (
    "score_sheets_mailed_on",
    "register_again_from",
    "register_again_until",
    "control_choose_by",
    "control_tests_from",
    "control_tests_until",
)
SHOWN_DATES = (*PRINTED_DATES, "diplomas_posted_from", "diplomas_at_school_from")

# A document as JSON gives it: the fields below by their names.
PlainDocument = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublishedSession:
    """The exam session, with the dates of it that a score sheet prints."""

    code: str
    exam: str
    year: int
    label: str
    score_sheets_mailed_on: str | None
    register_again_from: str | None
    register_again_until: str | None
    control_choose_by: str | None
    control_tests_from: str | None
    control_tests_until: str | None


@dataclass(frozen=True, slots=True)
class PublishedSpeciality:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class PublishedAcademy:
    """An académie, and how to reach its rectorat. `managed`: by the office that publishes."""

    code: str
    name: str
    managed: bool
    rectorat: str
    address: str
    website: str
    email: str


@dataclass(frozen=True, slots=True)
class PublishedSchool:
    uai: str
    name: str
    city: str
    sector: str


@dataclass(frozen=True, slots=True)
class PublishedCandidate:
    """The person, with the lines of the postal address on file, the name apart."""

    number: str
    ine: str
    birth_name: str
    usage_name: str
    given_names: str
    birth_date: str
    birth_place: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """An entry; `status` and `form`: values of the choices of `candidates.models.Entry`."""

    status: str
    form: str
    posting_place: str
    school: PublishedSchool | None
    academy: PublishedAcademy


@dataclass(frozen=True, slots=True)
class PartHeading:
    """A part of a test (sous-épreuve), as the regulation names it."""

    code: str
    label: str
    coefficient: str


@dataclass(frozen=True, slots=True)
class TestHeading:
    """A test (épreuve), as the regulation names it.

    `in_full`: of an optional test whose points and coefficient all count, not only the points above
    ten. `ects`: credits, None where the regulation gives none. `in_difference`: of a test that adds
    what its mark is above ten, or takes what it is below. `minimum`: out of 20, a lower mark
    eliminates; None where any mark will do.
    """

    __test__ = False  # not for pytest

    code: str
    label: str
    group: str
    optional: bool
    coefficient: str
    parts: tuple[PartHeading, ...]
    in_full: bool = False
    ects: int | None = None
    in_difference: bool = False
    minimum: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """A part of a test with the mark obtained; `status`: as for a test."""

    code: str
    label: str
    coefficient: str
    mark: str | None
    status: str


@dataclass(frozen=True, slots=True)
class PublishedTest:
    """A test with the mark obtained: a `results.rules.TestLine` as it is shown.

    `status` and `second_status` are values of `results.rules.MarkStatus`, "" for a mark that was
    given; or `REPLACED`, `EXCUSED`. `origin`: the year a kept mark comes from. `second_mark`: that
    of the second round. `counted`: the mark that enters the average. `points`: what it brings, with
    a sign where it adds to the total or takes from it. `kept_for_next`: whether the mark, or that
    of a part, stays acquired for the next sessions. `subject`: the name that the test has for this
    candidate (`named`), "" for that of the regulation. `in_full`, `ects`, `in_difference` and
    `minimum`: as its `TestHeading`.
    """

    code: str
    label: str
    group: str
    optional: bool
    coefficient: str
    mark: str | None
    status: str
    origin: int | None
    second_mark: str | None
    second_status: str
    counted: str | None
    points: str | None
    kept_for_next: bool
    parts: tuple[PublishedPart, ...]
    subject: str = ""
    in_full: bool = False
    ects: int | None = None
    in_difference: bool = False
    minimum: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTest:
    """A test that may be chosen for the second round, and the mark of the first."""

    code: str
    label: str
    coefficient: str
    mark: str | None


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """Tests that may be chosen together, and the least mark that passes when obtained in each.

    `needed`: None when even 20 does not suffice.
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    needed: str | None


@dataclass(frozen=True, slots=True)
class PublishedControl:
    """Choices of a candidate called to the second round: `choose` of `tests`, listed in `pairs`."""

    points_missing: str
    choose: int
    tests: tuple[OpenTest, ...]
    pairs: tuple[OpenChoice, ...]


@dataclass(frozen=True, slots=True)
class PublishedBlock:
    """A unit acquired without the diploma: the code of a test, or of a part of one.

    `session`: the year it was obtained; `until`: the last session that it is kept for.
    """

    code: str
    session: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDocument:
    """The document of a withheld result, which says nothing more; any other is a `DecidedDocument`.

    `verdict`: a value of `results.rules.Verdict`. `round`: the one that decided.
    """

    version: int
    session: PublishedSession
    speciality: PublishedSpeciality
    rules: PublishedRules
    candidate: PublishedCandidate
    entry: PublishedEntry
    verdict: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedDocument(PublishedDocument):
    """The document of a result that is not withheld.

    `jury_points`: those that the jury added, None where it added none; they are in `points`.
    `points_required`: the pass mark times `divisor`, the sum of coefficients. `average`: out of
    20, None after an absence. `reasons`: codes of `results.rules.Outcome`. `control`: of those
    called to the second round. `diploma_route`: SCHOOL, HOME or OTHER_ACADEMY, of the admitted.
    `blocks`: units that whoever has not the diploma has acquired, where these are attested.
    """

    mention: str | None
    reasons: tuple[str, ...]
    jury_points: str | None
    points: str
    divisor: str
    points_required: str
    average: str | None
    tests: tuple[PublishedTest, ...]
    control: PublishedControl | None
    diploma_route: str | None
    blocks: tuple[PublishedBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedShare:
    """A group of tests and its share of the average, in percent; `average`: out of 20, or None."""

    group: str
    share: str
    average: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDocument(DecidedDocument):
    """The document of a result whose average is made of shares (DNB: 40 % and 60 %)."""

    shares: tuple[PublishedShare, ...]


def named(label: str, subject: str) -> str:
    """Return the name of a test for a candidate: "Langue vivante A : Anglais".

    Where the label lists what may be chosen, the subject stands alone.
    """
    if subject and subject.casefold() in label.casefold():
        return subject
    return f"{label}\u00a0: {subject}" if subject else label


def diploma_route(*, academy_managed: bool, school_hands_out: bool | None, status: str) -> str:
    """Return how an admitted candidate gets the diploma: SCHOOL, HOME or OTHER_ACADEMY.

    It follows from the entry and from nothing else (DESIGN, section 3): the academy first; then a
    public school, or a private one under contract, hands out the diplomas of those it enrolled;
    anyone else gets it by post. `DIPLOMA_ROUTES` may say otherwise for a status, as for apprentices
    of a CFA; handed out only where there is a school (`school_hands_out` is None without one).
    """
    if not academy_managed:
        return "OTHER_ACADEMY"
    route = settings.DIPLOMA_ROUTES.get(status)
    if route == "HOME" or (route == "SCHOOL" and school_hands_out is not None):
        return route
    if school_hands_out and status not in {"INDIVIDUEL", "DISTANCE"}:
        return "SCHOOL"
    return "HOME"


def session_dates(session: object, names: Iterable[str] = PRINTED_DATES) -> dict[str, str | None]:
    """Return the dates of a `Session` that pages and letters announce, ISO or None, by name."""
    dates = {name: getattr(session, name) for name in names}
    return {name: date and date.isoformat() for name, date in dates.items()}


def plain(value: Any) -> Any:
    """Return a document, or any part of one, as JSON has it: dicts, lists, strings, numbers."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value


# What documents published before these fields existed lack, in the whole and in each test.
RULES_BEFORE: PlainDocument = plain(PublishedRules())
HEADING_BEFORE: PlainDocument = {
    field.name: field.default for field in fields(TestHeading) if field.default is not MISSING
}


def completed(document: PlainDocument) -> PlainDocument:
    """Return a document with the rules that it went by when documents did not hold theirs."""
    return {"rules": RULES_BEFORE} | document
