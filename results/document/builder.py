"""Build the published document of an entry from its dossier: the specification of documents.

`results.publication.row_writer` writes the same for thousands of entries, faster; a test compares
it with this module.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from candidates.models import Academy, School, Session
from candidates.postal.envelope import postal_lines
from results import rules
from results.document.contents import (
    EXCUSED,
    REPLACED,
    VERSION,
    DecidedDocument,
    OpenChoice,
    OpenTest,
    PartHeading,
    PublishedAcademy,
    PublishedBlock,
    PublishedCandidate,
    PublishedControl,
    PublishedDocument,
    PublishedEntry,
    PublishedPart,
    PublishedSchool,
    PublishedSession,
    PublishedShare,
    PublishedSpeciality,
    PublishedTest,
    SharedDocument,
    TestHeading,
    diploma_route,
    named,
    session_dates,
)
from results.document.dossier import Dossier
from results.document.published_rules import published_rules

_HANDING_OUT = {School.Sector.PUBLIC.value, School.Sector.PRIVATE_UNDER_CONTRACT.value}


class Context:
    """Data that all documents of one session and speciality share.

    `tests`: as the regulation orders them. `academies` by code, `schools` by UAI.
    """

    def __init__(
        self,
        *,
        session: Session,
        regulation: rules.ExamRules,
        schools: Iterable[School],
        academies: Iterable[Academy],
    ) -> None:
        self.year = session.year
        self.regulation = regulation
        self.session = PublishedSession(
            code=session.code,
            exam=session.exam,
            year=session.year,
            label=session.label,
            **session_dates(session),
        )
        self.speciality = PublishedSpeciality(code=regulation.code, label=regulation.label)
        self.rules = published_rules(regulation)
        self.tests = tuple(map(_heading, regulation.tests))
        self.academies = {academy.code: _academy(academy) for academy in academies}
        self.schools = {school.uai: _school(school) for school in schools}

    def diploma_route(self, identity: Any) -> str:
        """Return the `diploma_route` of an admitted candidate, from an `Identity`."""
        school = self.schools[identity.school_id] if identity.school_id else None
        return diploma_route(
            academy_managed=self.academies[identity.academy_id].managed,
            school_hands_out=None if school is None else school.sector in _HANDING_OUT,
            status=identity.status,
        )


def build(dossier: Dossier, outcome: rules.Outcome, context: Context) -> PublishedDocument:
    """Return the document of an entry, from its dossier (with an identity) and its outcome."""
    identity = dossier.identity
    common: dict[str, Any] = {
        "version": VERSION,
        "session": context.session,
        "speciality": context.speciality,
        "rules": context.rules,
        "candidate": _candidate(identity),
        "entry": published_entry(identity, context),
        "verdict": outcome.verdict.value,
        "round": outcome.round,
    }
    if outcome.verdict is rules.Verdict.WITHHELD:
        return PublishedDocument(**common)
    marks = [mark for mark in dossier.marks if mark.round <= outcome.round]
    enrolment = dossier.enrolment
    lines = rules.lines(context.regulation, marks, round=outcome.round, enrolment=enrolment)
    points, control = dossier.jury_points, None
    if outcome.verdict is rules.Verdict.CONTROL:
        options = rules.control_options(
            context.regulation, marks, jury_points=points or 0, enrolment=enrolment
        )
        control = published_control(options, lines, dossier.subjects)
    admitted = outcome.verdict is rules.Verdict.ADMITTED
    common |= {"shares": published_shares(outcome)} if outcome.groups else {}
    made = SharedDocument if outcome.groups else DecidedDocument
    return made(
        **common,
        mention=outcome.mention,
        reasons=outcome.reasons,
        jury_points=None if points is None else rules.show_points(points),
        points=rules.show_points(outcome.points),
        divisor=rules.show_points(outcome.divisor),
        points_required=rules.show_points(outcome.points_required),
        average=_shown(outcome.average),
        tests=tuple(
            published_test(line, outcome, context, dossier.subjects.get(line.test.code, ""))
            for line in lines
        ),
        control=control,
        diploma_route=context.diploma_route(identity) if admitted else None,
        blocks=tuple(block for line in lines for block in published_blocks(line, outcome, context)),
    )


def published_blocks(
    line: rules.TestLine, outcome: rules.Outcome, context: Context
) -> tuple[PublishedBlock, ...]:
    """Return the units of a test that are attested to a candidate who has not the diploma."""
    rule = context.regulation.kept
    if not rule.blocks:
        return ()
    units = rules.units_acquired(line, outcome, session=context.year, rule=rule)
    return tuple(PublishedBlock(unit.code, unit.session, unit.until) for unit in units)


def published_shares(outcome: rules.Outcome) -> tuple[PublishedShare, ...]:
    """Return the groups of an outcome with their shares; none where coefficients alone count."""
    return tuple(
        PublishedShare(group, rules.show_points(share), _shown(average))
        for group, share, average in outcome.groups
    )


def published_entry(identity: Any, context: Context) -> PublishedEntry:
    """Return how a candidate is entered, from an `Identity`."""
    return PublishedEntry(
        status=identity.status,
        form=identity.form,
        posting_place=identity.posting_place,
        school=context.schools[identity.school_id] if identity.school_id else None,
        academy=context.academies[identity.academy_id],
    )


def published_test(
    line: rules.TestLine, outcome: rules.Outcome, context: Context, subject: str = ""
) -> PublishedTest:
    """Return one test as documents show it; `subject`: its name for this candidate."""
    regulation = context.regulation
    replaced = regulation.force_majeure == rules.REPLACEMENT and not (
        line.test.optional and not line.test.in_full
    )
    return PublishedTest(
        code=line.test.code,
        label=named(line.test.label, subject),
        group=line.test.group,
        optional=line.test.optional,
        coefficient=rules.show_points(line.test.coefficient),
        mark=_shown(line.value),
        status=EXCUSED if line.excused else _status(line.status, replaced),
        origin=line.origin,
        second_mark=_shown(line.second_value),
        second_status=line.second_status.value if line.second_status else "",
        counted=_shown(line.counted),
        points=_points(line),
        kept_for_next=rules.unit_kept(line, outcome, session=context.year, rule=regulation.kept),
        parts=tuple(
            PublishedPart(
                code=part.code,
                label=part.label,
                coefficient=rules.show_points(part.coefficient),
                mark=None if value is None else f"{value // 100}.{value % 100:02d}",
                status=EXCUSED if excused else _status(status, replaced),
            )
            for part, value, status, _origin, excused in line.parts
        ),
        subject=subject,
        in_full=line.test.in_full,
        ects=line.test.ects,
        in_difference=line.test.in_difference,
        minimum=_minimum(line.test),
    )


def _points(line: rules.TestLine) -> str | None:
    """Return the points of a line; those of a difference have their sign."""
    if line.points is None:
        return None
    shown = rules.show_points(abs(line.points))
    if not line.test.in_difference or not line.points:
        return shown
    return f"{'+' if line.points > 0 else '-'}{shown}"


def _status(status: rules.MarkStatus, replaced: bool) -> str:
    return REPLACED if replaced and status is rules.MarkStatus.FORCE_MAJEURE else status.value


def _heading(test: rules.TestRule) -> TestHeading:
    return TestHeading(
        code=test.code,
        label=test.label,
        group=test.group,
        optional=test.optional,
        coefficient=rules.show_points(test.coefficient),
        parts=tuple(
            PartHeading(part.code, part.label, rules.show_points(part.coefficient))
            for part in test.parts
        ),
        in_full=test.in_full,
        ects=test.ects,
        in_difference=test.in_difference,
        minimum=_minimum(test),
    )


def _minimum(test: rules.TestRule) -> str | None:
    return None if test.minimum is None else rules.show_points(test.minimum)


def _academy(academy: Academy) -> PublishedAcademy:
    return PublishedAcademy(
        code=academy.code,
        name=academy.name,
        managed=academy.managed,
        rectorat=academy.rectorat,
        address=academy.address,
        website=academy.website,
        email=academy.email,
    )


def _school(school: School) -> PublishedSchool:
    return PublishedSchool(school.uai, school.name, school.city, school.sector)


def _candidate(identity: Any) -> PublishedCandidate:
    return PublishedCandidate(
        number=identity.number,
        ine=identity.ine,
        birth_name=identity.birth_name,
        usage_name=identity.usage_name,
        given_names=identity.given_names,
        birth_date=str(identity.birth_date),
        birth_place=identity.birth_place,
        address=tuple(postal_lines(identity)),
    )


def published_control(
    options: rules.ControlOptions, lines: Iterable[rules.TestLine], subjects: Mapping[str, str]
) -> PublishedControl:
    """Return the choices of whoever is called to the second round."""
    marks = {line.test.code: _shown(line.value) for line in lines}
    labels = {test.code: named(test.label, subjects.get(test.code, "")) for test in options.tests}
    return PublishedControl(
        points_missing=rules.show_points(options.points_missing),
        choose=options.choose,
        tests=tuple(
            OpenTest(
                test.code,
                labels[test.code],
                rules.show_points(test.coefficient),
                marks[test.code],
            )
            for test in options.tests
        ),
        pairs=tuple(
            OpenChoice(codes, tuple(labels[code] for code in codes), _shown(needed))
            for codes, needed in options.pairs
        ),
    )


def _shown(value: Fraction | None) -> str | None:
    return None if value is None else rules.show(value)
