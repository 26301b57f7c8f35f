"""Checks of the marks of a file that need the database."""

from django.utils.translation import gettext as _

from candidates.models import Speciality
from results import rules
from results.models import Regulation, Test
from results.regulations import rulebook
from results_portal.imports.staging import log_problems


def check_marks(log, session):
    """Log every staged mark that does not fit the session, or whose result is published."""
    values = {"session": session.pk}
    log_problems(log, _UNKNOWN_ENTRY, values, _unknown_entry(session))
    log_problems(log, _UNKNOWN_TEST, values, _unknown_test())
    log_problems(log, _TWICE, values, lambda line: _("cette note est déjà à la ligne %s") % line)
    log_problems(
        log,
        _MARKED_BY_PARTS,
        values,
        lambda parts: _("cette épreuve est notée par ses parties (%s)") % parts,
    )
    log_problems(
        log,
        _WHOLE_AND_PARTS,
        values,
        lambda code: _("l’épreuve %s a déjà un état pour l’ensemble de ses parties") % code,
    )
    log_problems(
        log, _NOT_PROGRESSIVE, values, lambda: _("un report suppose la forme progressive (P)")
    )
    _check_second_round(log)
    log_problems(
        log,
        _FROZEN,
        values,
        lambda: _("ce résultat est publié : passez par une correction motivée"),
    )


def _unknown_entry(session):
    def message(other):
        if other:
            return _("numéro de la session %(other)s, inconnu dans %(session)s") % {
                "other": other,
                "session": session.code,
            }
        return _("numéro inconnu dans la session %s") % session.code

    return message


def _unknown_test():
    def message(speciality, known):
        return _("épreuve inconnue en %(speciality)s (connues : %(known)s)") % {
            "speciality": speciality,
            "known": known or "—",
        }

    return message


def _check_second_round(log):
    """Log second-round marks in tests that are not open to it, or in too many tests.

    Which and how many the regulation says (BTS: D. 643-22).
    """
    open_tests, choose = {}, {}
    for speciality in Speciality.objects.raw(_OF_SECOND_ROUND):
        try:
            book = rulebook.load(speciality)
        except Regulation.DoesNotExist:
            continue
        lists = rules.open_to_second_round(book.regulation)
        ids = {code: pk for pk, code in book.codes.items()}
        open_tests[speciality.pk] = [ids[test.code] for tests in lists for test in tests]
        second = book.regulation.second_round
        choose[speciality.pk] = second.choose if second and len(lists) == 1 else len(lists)
    for speciality_id, test_ids in open_tests.items():
        codes = ", ".join(Test.objects.filter(pk__in=test_ids).values_list("code", flat=True))
        values = {"speciality": speciality_id, "open": test_ids, "choose": choose[speciality_id]}
        log_problems(log, _NOT_OPEN, values, _not_open(codes))
        log_problems(log, _TOO_MANY, values, _too_many(choose[speciality_id]))


def _not_open(codes):
    def message():
        if codes:
            return _("pas de second tour dans cette épreuve (ouvertes : %s)") % codes
        return _("pas de second tour dans cette spécialité")

    return message


def _too_many(choose):
    return lambda: _("%s épreuves au plus au second tour") % choose


_UNKNOWN_ENTRY = """
SELECT matched.line, 'numero', incoming.number, (
    SELECT session.code FROM candidates_entry AS entry
    JOIN candidates_session AS session ON session.id = entry.session_id
    WHERE entry.number = incoming.number ORDER BY session.year DESC LIMIT 1
)
FROM matched_mark AS matched JOIN incoming_mark AS incoming USING (line)
WHERE matched.entry_id IS NULL ORDER BY matched.line
"""

_UNKNOWN_TEST = """
SELECT matched.line, 'epreuve', incoming.test, speciality.code, (
    SELECT string_agg(test.code, ', ' ORDER BY test.position) FROM results_test AS test
    WHERE test.speciality_id = speciality.id
)
FROM matched_mark AS matched
JOIN incoming_mark AS incoming USING (line)
JOIN candidates_speciality AS speciality ON speciality.id = matched.speciality_id
WHERE matched.test_id IS NULL ORDER BY matched.line
"""

_TWICE = """
SELECT matched.line, 'epreuve', test.code, twice.first
FROM (
    SELECT entry_id, test_id, round, min(line) AS first FROM matched_mark
    WHERE test_id IS NOT NULL
    GROUP BY entry_id, test_id, round HAVING count(*) > 1
) AS twice
JOIN matched_mark AS matched USING (entry_id, test_id, round)
JOIN results_test AS test ON test.id = matched.test_id
WHERE matched.line > twice.first ORDER BY matched.line
"""

_MARKED_BY_PARTS = """
SELECT matched.line, 'epreuve', test.code, parts.codes
FROM matched_mark AS matched
JOIN results_test AS test ON test.id = matched.test_id
JOIN (
    SELECT whole_id, string_agg(code, ', ' ORDER BY position) AS codes
    FROM results_test WHERE whole_id IS NOT NULL GROUP BY whole_id
) AS parts ON parts.whole_id = matched.test_id
WHERE matched.round = 1 AND (matched.status = '' OR EXISTS (
    SELECT FROM results_mark AS mark JOIN results_test AS part ON part.id = mark.test_id
    WHERE mark.entry_id = matched.entry_id AND mark.round = 1 AND part.whole_id = test.id
))
ORDER BY matched.line
"""

_WHOLE_AND_PARTS = """
SELECT matched.line, 'epreuve', part.code, whole.code
FROM matched_mark AS matched
JOIN results_test AS part ON part.id = matched.test_id
JOIN results_test AS whole ON whole.id = part.whole_id
WHERE matched.round = 1 AND (
    EXISTS (SELECT FROM results_mark AS mark WHERE mark.entry_id = matched.entry_id
        AND mark.test_id = whole.id AND mark.round = 1)
    OR (matched.entry_id, whole.id) IN (
        SELECT entry_id, test_id FROM matched_mark WHERE round = 1 AND status <> '')
)
ORDER BY matched.line
"""

_NOT_PROGRESSIVE = """
SELECT matched.line, 'etat', matched.status
FROM matched_mark AS matched JOIN candidates_entry AS entry ON entry.id = matched.entry_id
WHERE matched.status = 'REP' AND entry.form <> 'P' ORDER BY matched.line
"""

_OF_SECOND_ROUND = """
SELECT * FROM candidates_speciality
WHERE id IN (SELECT speciality_id FROM matched_mark WHERE round = 2) ORDER BY code
"""

_NOT_OPEN = """
SELECT matched.line, 'tour', '2'
FROM matched_mark AS matched
WHERE matched.round = 2 AND matched.speciality_id = %(speciality)s
    AND matched.test_id <> ALL(%(open)s::bigint[])
ORDER BY matched.line
"""

_TOO_MANY = """
SELECT line, 'tour', '2' FROM (
    SELECT matched.line, matched.is_new, matched.entry_id,
        row_number() OVER (PARTITION BY matched.entry_id ORDER BY matched.line) + (
            SELECT count(*) FROM results_mark AS mark
            WHERE mark.entry_id = matched.entry_id AND mark.round = 2
        ) AS taken
    FROM matched_mark AS matched
    WHERE matched.round = 2 AND matched.is_new AND matched.speciality_id = %(speciality)s
        AND matched.test_id = ANY(%(open)s::bigint[])
) AS numbered
WHERE taken > %(choose)s ORDER BY line
"""

_FROZEN = """
SELECT DISTINCT matched.line, 'note', ''
FROM matched_mark AS matched
JOIN results_publishedresult AS published
    ON published.entry_id = matched.entry_id AND published.round >= matched.round
JOIN results_release AS release ON release.id = published.release_id
WHERE (matched.is_new OR matched.changes <> '{}') AND results_release_is_frozen(release)
ORDER BY matched.line
"""
