"""Checks of a file of entries against the database."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from candidates.imports.enrolment import not_offered, offer
from candidates.imports.entry_merge import PRINTED_OF_ENTRY, PRINTED_OF_PERSON
from candidates.models import Session, Speciality
from results_portal.imports.staging import log_problems

_CHUNK = 5000


@dataclass(frozen=True)
class Announced:
    """Questions about results, passed in by the app `results`, which this one does not import.

    `specialities(session)`: keys of those whose release is scheduled or open. `frozen(entry_ids)`:
    those whose result has been public. `marked(entry_ids)`: those with marks.
    `tests(speciality_ids)`: of each speciality, by code of its tests and parts, the names of
    subjects that it offers; none for any.
    """

    specialities: Callable[[Session], Collection[int]]
    frozen: Callable[[Iterable[int]], Collection[int]]
    marked: Callable[[Iterable[int]], Collection[int]]
    tests: Callable[[Iterable[int]], Mapping[int, Mapping[str, Sequence[str]]]]


def check_references(log, session):
    """Log duplicate rows, and specialities, schools and académies that the database lacks."""
    log_problems(log, _TWICE, {}, lambda line: _("ce numéro est déjà à la ligne %s") % line)
    values = {"exam": session.exam, "year": session.year}
    log_problems(log, _SPECIALITY, values, _speciality_expected(session))
    log_problems(
        log,
        _SCHOOL,
        {},
        lambda: _("établissement inconnu : importez d’abord les établissements"),
    )
    log_problems(log, _ACADEMY, {}, lambda: _("académie inconnue"))


def check_people(log, session):
    """Log rows that give one INE or number to two people, or two identities to one person."""
    log_problems(
        log,
        _ZERO_LOST,
        {"session": session.pk},
        lambda padded: (
            _("numéro inconnu : %s, même date de naissance, si le tableur a perdu le zéro") % padded
        ),
    )
    for sql, message in (
        (_INE_OF_ANOTHER, _("cet INE est celui d’un autre candidat")),
        (_INE_SHARED, _("cet INE est donné à deux candidats différents")),
        (_KNOWN_BORN_OTHERWISE, _("cet INE est déjà connu avec une autre date de naissance")),
        (_ANOTHER_PERSON, _("ce numéro est déjà celui d’une autre personne dans cette session")),
    ):
        log_problems(log, sql, {}, lambda message=message: message)
    log_problems(
        log,
        _SAME_INE,
        {},
        lambda line: (
            _("même INE qu’à la ligne %s, mais autre nom, prénom ou date de naissance") % line
        ),
    )


def check_codes(log, session):
    """Log rows whose code of the office's is that of another entry of the session."""
    log_problems(
        log, _CODE_TWICE, {}, lambda line: _("ce code d’accès est déjà à la ligne %s") % line
    )
    message = _("ce code d’accès est déjà celui d’un autre candidat de la session")
    log_problems(log, _CODE_OF_ANOTHER, {"session": session.pk}, lambda: message)


def check_announced(log, session, announced):
    """Log rows that would add to, or change, results that are scheduled or published."""
    closed = list(announced.specialities(session))
    log_problems(
        log,
        _CLOSED,
        {"closed": closed},
        lambda code: (
            _("la publication de %s est programmée ou ouverte : annulez-la d’abord") % code
        ),
    )
    values = {"of_entry": PRINTED_OF_ENTRY, "of_person": PRINTED_OF_PERSON}
    message = _("déjà imprimé sur un résultat publié : passez par une correction motivée")
    _log_known(log, _PRINTED, values, announced.frozen, message)
    message = _("cette inscription a déjà des notes dans son ancienne spécialité")
    _log_known(log, _MOVED, {}, announced.marked, message)


def check_enrolment(log, announced):
    """Log units and subjects of tests that the speciality lacks, and subjects not offered."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENROLLED)
        while rows := cursor.fetchmany(_CHUNK):
            known = announced.tests({speciality_id for _line, speciality_id, *_codes in rows})
            for line, speciality_id, units, subjects in rows:
                named = [pair.partition("=")[0] for pair in subjects.split("|") if pair]
                for column, codes in (("unites", units.split()), ("matieres", named)):
                    unknown = [code for code in codes if code not in known[speciality_id]]
                    if unknown:
                        message = _("épreuve inconnue (connues : %s)") % ", ".join(
                            known[speciality_id]
                        )
                        log.add(line, column, " ".join(unknown), message)
                for pair in not_offered(subjects, known[speciality_id]):
                    log.add(line, "matieres", pair, offer(pair, known[speciality_id]))


def _speciality_expected(session):
    known = ", ".join(
        Speciality.objects.filter(exam=session.exam, from_session__lte=session.year)
        .exclude(until_session__lt=session.year)
        .order_by("code")
        .values_list("code", flat=True)
    )

    def message(exam, from_session, until_session):
        if exam is None:
            return _("spécialité inconnue : importez d’abord son règlement (connues : %s)") % (
                known or "—"
            )
        if exam != session.exam:
            return _("spécialité de l’examen %(exam)s, session de %(expected)s") % {
                "exam": exam,
                "expected": session.exam,
            }
        if until_session is not None and until_session < session.year:
            return _("ce règlement ne vaut que jusqu’à la session %s") % until_session
        return _("ce règlement ne vaut qu’à partir de la session %s") % from_session

    return message


def _log_known(log, sql, values, known, message):
    """Log the rows of `sql` (line, column, entry) whose entry is one that `known` returns."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(_CHUNK):
            kept = known([entry_id for _line, _column, entry_id in rows])
            for line, column in dict.fromkeys(
                (line, column) for line, column, entry_id in rows if entry_id in kept
            ):
                log.add(line, column, "", message)


_TWICE = """
SELECT line, 'numero', number, first FROM (
    SELECT line, number, min(line) OVER (PARTITION BY number) AS first FROM incoming_entry
) AS numbered
WHERE line > first ORDER BY line
"""

_SPECIALITY = """
SELECT incoming.line, 'specialite', incoming.speciality, known.exam, known.from_session,
    known.until_session
FROM incoming_entry AS incoming
LEFT JOIN candidates_speciality AS known ON known.code = incoming.speciality
WHERE known.id IS NULL OR known.exam <> %(exam)s OR known.from_session > %(year)s
    OR known.until_session < %(year)s
ORDER BY incoming.line
"""

_ENROLLED = """
SELECT line, speciality_id, units, subjects FROM matched_entry
WHERE (units <> '' OR subjects <> '') AND speciality_id IS NOT NULL ORDER BY line
"""

_SCHOOL = """
SELECT line, 'etablissement', school FROM incoming_entry
WHERE school <> '' AND school NOT IN (SELECT uai FROM candidates_school) ORDER BY line
"""

_ACADEMY = """
SELECT line, 'academie', academy FROM incoming_entry
WHERE academy NOT IN (SELECT code FROM candidates_academy) ORDER BY line
"""

# Only where the session has entries: the first file of one has none to compare.
_ZERO_LOST = """
SELECT incoming.line, 'numero', incoming.number, entry.number
FROM incoming_entry AS incoming
JOIN identified_entry AS identified USING (line)
JOIN candidates_entry AS entry ON entry.session_id = %(session)s AND entry.number = ANY(
    ARRAY['0' || incoming.number, '00' || incoming.number, '000' || incoming.number]
)
JOIN candidates_candidate AS person
    ON person.id = entry.candidate_id AND person.birth_date = incoming.birth_date
WHERE identified.entry_id IS NULL
    AND EXISTS (SELECT FROM candidates_entry AS any_entry WHERE session_id = %(session)s)
ORDER BY incoming.line
"""

_INE_OF_ANOTHER = """
SELECT incoming.line, 'ine', incoming.ine
FROM incoming_entry AS incoming JOIN identified_entry AS identified USING (line)
WHERE identified.known_id <> identified.candidate_id ORDER BY incoming.line
"""

_INE_SHARED = """
SELECT line, 'ine', ine FROM (
    SELECT incoming.line, incoming.ine,
        min(identified.candidate_id) OVER same_ine AS first,
        max(identified.candidate_id) OVER same_ine AS last
    FROM incoming_entry AS incoming JOIN identified_entry AS identified USING (line)
    WHERE incoming.ine <> '' AND identified.known_id IS NULL
    WINDOW same_ine AS (PARTITION BY incoming.ine)
) AS shared
WHERE first < last ORDER BY line
"""

_SAME_INE = """
SELECT line, 'ine', ine, first FROM (
    SELECT line, ine, min(line) OVER same_ine AS first,
        (birth_date, birth_name, given_names) <> (
            first_value(birth_date) OVER same_ine,
            first_value(birth_name) OVER same_ine,
            first_value(given_names) OVER same_ine
        ) AS differs
    FROM incoming_entry WHERE ine <> ''
    WINDOW same_ine AS (PARTITION BY ine ORDER BY line)
) AS compared
WHERE differs ORDER BY line
"""

_KNOWN_BORN_OTHERWISE = """
SELECT incoming.line, 'date_naissance', incoming.birth_date::text
FROM incoming_entry AS incoming
JOIN identified_entry AS identified USING (line)
JOIN candidates_candidate AS known ON known.id = identified.known_id
WHERE identified.entry_id IS NULL AND known.birth_date <> incoming.birth_date
ORDER BY incoming.line
"""

_ANOTHER_PERSON = """
SELECT incoming.line, 'numero', incoming.number
FROM incoming_entry AS incoming
JOIN identified_entry AS identified USING (line)
JOIN candidates_entry AS entry ON entry.id = identified.entry_id
JOIN candidates_candidate AS person ON person.id = entry.candidate_id
WHERE person.birth_date <> incoming.birth_date
    AND lower(person.birth_name) <> lower(incoming.birth_name)
    AND (incoming.ine = '' OR incoming.ine <> person.ine)
ORDER BY incoming.line
"""

_CODE_TWICE = """
SELECT line, 'code_acces', '', first FROM (
    SELECT line, min(line) OVER (PARTITION BY office_code) AS first
    FROM incoming_entry WHERE office_code IS NOT NULL
) AS given
WHERE line > first ORDER BY line
"""

# Unless the other gets a new code by the same file.
_CODE_OF_ANOTHER = """
SELECT matched.line, 'code_acces', ''
FROM matched_entry AS matched
JOIN candidates_entry AS other
    ON other.session_id = %(session)s AND other.office_code = matched.office_code
    AND other.office_code IS NOT NULL
LEFT JOIN matched_entry AS renewed ON renewed.entry_id = other.id AND renewed.new_code
WHERE matched.entry_id IS DISTINCT FROM other.id AND renewed.line IS NULL ORDER BY matched.line
"""

_CLOSED = """
SELECT matched.line, 'specialite', speciality.code, closed.code
FROM matched_entry AS matched
JOIN candidates_speciality AS speciality ON speciality.id = matched.speciality_id
LEFT JOIN candidates_entry AS entry ON entry.id = matched.entry_id
JOIN candidates_speciality AS closed
    ON closed.id = ANY(%(closed)s) AND closed.id IN (matched.speciality_id, entry.speciality_id)
WHERE matched.is_new OR 'specialite' = ANY(matched.entry_changes)
ORDER BY matched.line
"""

_PRINTED = """
SELECT line, unnest(printed), entry_id FROM (
    SELECT line, entry_id, ARRAY(
        SELECT unnest(entry_changes) INTERSECT SELECT unnest(%(of_entry)s::text[])
    ) AS printed
    FROM matched_entry WHERE entry_changes && %(of_entry)s::text[]
    UNION ALL
    SELECT matched.line, entry.id, ARRAY(
        SELECT unnest(matched.person_changes) INTERSECT SELECT unnest(%(of_person)s::text[])
    )
    FROM matched_entry AS matched
    JOIN candidates_entry AS entry ON entry.candidate_id = matched.candidate_id
    WHERE matched.person_changes && %(of_person)s::text[]
) AS changed
ORDER BY line
"""

_MOVED = """
SELECT line, 'specialite', entry_id FROM matched_entry
WHERE 'specialite' = ANY(entry_changes) ORDER BY line
"""
