"""Checks of the marks of a file that need the database."""

from collections.abc import Iterable
from functools import partial

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.models import Speciality
from results.marks import mark_file
from results.models import VERDICT_LABELS, Regulation, Verdict
from results.regulations import rulebook
from results_portal.imports.staging import log_problems


def check_marks(log, session, *, correcting=False):
    """Log every staged mark that does not fit the session.

    A mark whose result is published is one of them, but for a correction (`correcting`).
    """
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
    log_problems(log, _WRONG_SIDE, values, mark_file.on_the_wrong_side)
    log_problems(
        log, _NOT_PROGRESSIVE, values, lambda: _("un report suppose la forme progressive (P)")
    )
    log_problems(log, _BELOW_REPORT, values, _below_report)
    log_problems(log, _TOO_OLD, {"year": session.year}, partial(mark_file.too_old, session.year))
    log_problems(log, _OFF_STEP, values, mark_file.off_step)
    log_problems(log, _CLOSED, values, _closed)
    log_problems(
        log, _NOT_ENTERED, values, lambda: _("cette unité n’est pas présentée à cette session")
    )
    _check_second_round(log)
    if not correcting:
        log_problems(log, _FROZEN, values, _published)


def _below_report(least):
    shown = number_format(least.normalize(), use_l10n=True)
    return _("une note se reporte ici à partir de %s") % shown


def _closed(status):
    return _("cette épreuve n’est pas ouverte au statut %s") % status


def _published():
    return _("ce résultat est publié : corrigez-le par un fichier de corrections, avec un motif")


def _unknown_entry(session):
    def message(other, padded, lines):
        if padded:
            said = _(
                "numéro inconnu dans la session %(session)s : %(padded)s si le tableur a perdu "
                "le zéro"
            )
        elif other:
            said = _("numéro de la session %(other)s, inconnu dans %(session)s")
        else:
            said = _("numéro inconnu dans la session %(session)s")
        if lines > 1:
            said += _(" (%(lines)s lignes)")
        values = {"session": session.code, "other": other, "padded": padded, "lines": lines}
        return said % values

    return message


def _unknown_test():
    def message(speciality, known):
        return _("épreuve inconnue en %(speciality)s (connues : %(known)s)") % {
            "speciality": speciality,
            "known": known or "—",
        }

    return message


def _check_second_round(log):
    """Log marks of the second round of whoever was not called to it, or in tests not open to them.

    Which tests, and how many of each list, the regulation says (BTS: D. 643-22).
    """
    log_problems(log, _NOT_CALLED, {}, _not_called)
    for speciality in Speciality.objects.raw(_OF_SECOND_ROUND):
        try:
            book = rulebook.load(speciality)
        except Regulation.DoesNotExist:
            continue
        ids = {code: pk for pk, code in book.codes.items()}
        lists = [[test.code for test in tests] for tests in book.decider.open_lists]
        every = [code for codes in lists for code in codes]
        values = {"speciality": speciality.pk, "open": [ids[code] for code in every]}
        log_problems(log, _NOT_OPEN, values, _not_open(", ".join(every)))
        log_problems(log, _EXEMPT, values, lambda: _("le candidat est dispensé de cette épreuve"))
        for codes in lists:
            values |= {"open": [ids[code] for code in codes], "choose": book.decider.from_each}
            sentence = too_many(book.decider.from_each, codes)
            log_problems(log, _TOO_MANY, values, lambda sentence=sentence: sentence)


def _not_called(verdict):
    if verdict is None:
        return _("second tour, mais le premier n’a pas été délibéré pour ce candidat")
    label = VERDICT_LABELS[Verdict(verdict)]
    return _("ce candidat n’a pas été appelé au second tour (au premier : %s)") % label


def _not_open(codes):
    def message():
        if codes:
            return _("pas de second tour dans cette épreuve (ouvertes : %s)") % codes
        return _("pas de second tour dans cette spécialité")

    return message


def too_many(choose: int, codes: Iterable[str]) -> str:
    """Return the sentence for more than `choose` marks of the second round among these tests."""
    return ngettext(
        "au second tour, %(count)d épreuve au plus parmi %(codes)s",
        "au second tour, %(count)d épreuves au plus parmi %(codes)s",
        choose,
    ) % {"count": choose, "codes": ", ".join(codes)}


_UNKNOWN_ENTRY = """
SELECT unknown.line, 'numero', unknown.number, (
    SELECT session.code FROM candidates_entry AS entry
    JOIN candidates_session AS session ON session.id = entry.session_id
    WHERE entry.number = unknown.number ORDER BY session.year DESC LIMIT 1
), (
    SELECT entry.number FROM candidates_entry AS entry
    WHERE entry.session_id = %(session)s AND entry.number = ANY(
        ARRAY['0' || unknown.number, '00' || unknown.number, '000' || unknown.number]
    ) ORDER BY entry.number DESC LIMIT 1
), unknown.lines
FROM (
    SELECT min(line) AS line, incoming.number, count(*) AS lines
    FROM matched_mark AS matched JOIN incoming_mark AS incoming USING (line)
    WHERE matched.entry_id IS NULL GROUP BY incoming.number
) AS unknown
ORDER BY unknown.line
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
LEFT JOIN results_regulation AS regulation ON regulation.speciality_id = matched.speciality_id
WHERE matched.status = 'REP' AND entry.form <> 'P' AND regulation.kept_report_from IS NULL
ORDER BY matched.line
"""

# The trigger `results_guard_kept_marks` says the same.
_WRONG_SIDE = """
SELECT matched.line, 'note', to_char(matched.value / 100.0, 'FM90D00'), matched.status,
    regulation.kept_from_mark
FROM matched_mark AS matched
JOIN results_regulation AS regulation ON regulation.speciality_id = matched.speciality_id
WHERE matched.status IN ('BEN', 'REP')
    AND (matched.status = 'BEN') <> (matched.value >= 100 * regulation.kept_from_mark)
ORDER BY matched.line
"""

_BELOW_REPORT = """
SELECT matched.line, 'note', to_char(matched.value / 100.0, 'FM90D00'), regulation.kept_report_from
FROM matched_mark AS matched
JOIN candidates_entry AS entry ON entry.id = matched.entry_id
JOIN results_regulation AS regulation ON regulation.speciality_id = matched.speciality_id
WHERE matched.status = 'REP' AND entry.form <> 'P'
    AND matched.value < 100 * regulation.kept_report_from
ORDER BY matched.line
"""

_TOO_OLD = """
SELECT matched.line, 'session_origine', matched.origin::text, regulation.kept_sessions
FROM matched_mark AS matched
JOIN results_regulation AS regulation ON regulation.speciality_id = matched.speciality_id
WHERE matched.status IN ('BEN', 'REP') AND matched.origin < %(year)s - regulation.kept_sessions
ORDER BY matched.line
"""

# A mark that results from a calculation goes up to its step where the regulation says so.
_OFF_STEP = """
SELECT matched.line, 'note', to_char(matched.value / 100.0, 'FM90D00'), test.step
FROM matched_mark AS matched JOIN results_test AS test ON test.id = matched.test_id
WHERE matched.status = '' AND test.step > 0.01 AND test.rounding = ''
    AND mod(matched.value, (100 * test.step)::integer) <> 0
ORDER BY matched.line
"""

_CLOSED = """
SELECT matched.line, 'epreuve', marked.code, entry.status
FROM matched_mark AS matched
JOIN candidates_entry AS entry ON entry.id = matched.entry_id
JOIN results_test AS marked ON marked.id = matched.test_id
JOIN results_test AS test ON test.id = coalesce(marked.whole_id, marked.id)
WHERE test.statuses <> '{}' AND entry.status <> ALL(test.statuses)
ORDER BY matched.line
"""

# An optional test is entered by its mark.
_NOT_ENTERED = """
SELECT matched.line, 'epreuve', marked.code
FROM matched_mark AS matched
JOIN candidates_entry AS entry ON entry.id = matched.entry_id
JOIN results_test AS marked ON marked.id = matched.test_id
LEFT JOIN results_test AS whole ON whole.id = marked.whole_id
WHERE matched.status IN ('', 'ABS', 'FM') AND matched.round = 1
    AND entry.units <> '' AND NOT marked.optional
    AND NOT string_to_array(entry.units, ' ') && ARRAY[marked.code, whole.code]::text[]
ORDER BY matched.line
"""

_OF_SECOND_ROUND = """
SELECT * FROM candidates_speciality
WHERE id IN (SELECT speciality_id FROM matched_mark WHERE round = 2) ORDER BY code
"""

# A withheld entry may have sat the second round before it was withheld. Marks that are stored
# already are left: a correction of the first round may have admitted since whoever was called.
_NOT_CALLED = """
SELECT matched.line, 'numero', entry.number, first.verdict
FROM matched_mark AS matched
JOIN candidates_entry AS entry ON entry.id = matched.entry_id
LEFT JOIN results_decision AS first ON first.entry_id = matched.entry_id AND first.round = 1
WHERE matched.round = 2 AND (matched.is_new OR matched.changes <> '{}')
    AND NOT entry.withheld AND first.verdict IS DISTINCT FROM 'CONTROL'
    AND NOT EXISTS (
        SELECT FROM results_publishedresult AS published
        WHERE published.entry_id = matched.entry_id AND published.round = 2
    )
    AND EXISTS (
        SELECT FROM results_regulation AS regulation
        WHERE regulation.speciality_id = matched.speciality_id
            AND regulation.second_round IS NOT NULL
    )
ORDER BY matched.line
"""

_NOT_OPEN = """
SELECT matched.line, 'tour', '2'
FROM matched_mark AS matched
WHERE matched.round = 2 AND matched.speciality_id = %(speciality)s
    AND matched.test_id <> ALL(%(open)s::bigint[])
ORDER BY matched.line
"""

# A test is left out when it, or each of its parts, is exempt: of the marks stored or of the file.
_EXEMPT = """
WITH present AS (
    SELECT entry_id, test_id, status FROM matched_mark WHERE round = 1
    UNION ALL
    SELECT mark.entry_id, mark.test_id, mark.status FROM results_mark AS mark
    WHERE mark.round = 1
        AND mark.entry_id IN (SELECT entry_id FROM matched_mark WHERE round = 2)
        AND mark.id NOT IN (SELECT mark_id FROM matched_mark WHERE mark_id IS NOT NULL)
)
SELECT matched.line, 'epreuve', test.code
FROM matched_mark AS matched
JOIN results_test AS test ON test.id = matched.test_id
JOIN (
    SELECT present.entry_id, coalesce(marked.whole_id, marked.id) AS test_id
    FROM present JOIN results_test AS marked ON marked.id = present.test_id
    GROUP BY 1, 2 HAVING bool_and(present.status = 'DISP')
) AS exempt ON exempt.entry_id = matched.entry_id AND exempt.test_id = matched.test_id
WHERE matched.round = 2 AND matched.speciality_id = %(speciality)s
ORDER BY matched.line
"""

_TOO_MANY = """
SELECT line, 'tour', '2' FROM (
    SELECT matched.line, matched.is_new, matched.entry_id,
        row_number() OVER (PARTITION BY matched.entry_id ORDER BY matched.line) + (
            SELECT count(*) FROM results_mark AS mark
            WHERE mark.entry_id = matched.entry_id AND mark.round = 2
                AND mark.test_id = ANY(%(open)s::bigint[])
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
