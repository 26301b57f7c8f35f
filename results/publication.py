"""Published rows: built from dossiers into a staging table, then written set by set."""

import json

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.freeze import HourStruck
from candidates.models import Academy, School
from candidates.sort_names import display_name, search_key, sort_key
from results import deliberation, document, dossiers, rules, verification_code


def frozen(release, now):
    """Whether the public may have seen the rows of `release`: they then only gain revisions."""
    return release.opened_at is not None or release.is_open(now)


def stage(release, books, *, entry_ids=None, progress=None):
    """Build the rows that `release` shows, of all its entries or some, into the staging table.

    Returns the `dossiers.Selection` that was staged.
    """
    selection = dossiers.Selection(
        release.session_id, release.round, release.speciality_id, entry_ids
    )
    context = _context(release, selection)
    total = dossiers.count(selection) if progress else 0
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_STAGED)
    rows, done = [], 0
    for dossier in dossiers.stream(selection, rulebooks=books, identity=True):
        rows.append(_row(dossier, books, context, selection.round))
        if len(rows) == dossiers.CHUNK:
            done += _copy(rows)
            if progress:
                progress(done, total)
    done += _copy(rows)
    if progress:
        progress(done, total)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE staged")  # or the set-based writes are planned for an empty table
    return selection


def write(release, *, at, entry_ids=None):
    """Write the staged rows of a release that nobody has seen, public from the instant `at`.

    Rows already waiting are replaced, and keep their verification code. Returns the number of
    rows written.
    """
    values = _values(release, at) | {"entries": entry_ids and list(entry_ids)}
    return _execute([_REPLACE, _INSERT, _DELETE], values)


def revise(release, *, at, reason, by):
    """Add a revision for each staged row that says something else than the last one written.

    Returns the number of revisions. The rows are public at once when the release is.
    """
    values = _values(release, at)
    correction = {"at": values["at"], "reason": reason}
    revision = {
        "correction": json.dumps(correction),
        "reason": reason,
        "author": by and by.pk,
    }
    return _execute([_REVISE], values | revision) + _execute([_INSERT], values)


def _execute(statements, values):
    rows = 0
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
            rows += cursor.rowcount
    return rows


def refuse_once_open(release):
    """Raise `HourStruck` if the public has begun to read what this transaction replaced."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() >= %s", [release.opens_at])
        (struck,) = cursor.fetchone()
    if struck and release.withdrawn_at is None:
        raise HourStruck(_("La publication vient de s’ouvrir : passez par une correction."))


def _context(release, selection):
    where, values = selection.where()
    schools = School.objects.raw(
        "SELECT * FROM candidates_school WHERE uai IN (SELECT entry.school_id "
        f"FROM candidates_entry AS entry WHERE {where})",
        values,
    )
    return document.Context(
        session=release.session,
        speciality=release.speciality,
        schools=schools,
        academies=Academy.objects.all(),
    )


def _row(dossier, books, context, round):
    identity, regulation = dossier.identity, books[dossier.speciality_id].regulation
    outcome, rule_verdict = deliberation.decide(dossier, books, round)
    decided = deliberation.decision_row(dossier, outcome, rule_verdict)
    marks = [mark for mark in dossier.marks if mark.round <= outcome.round]
    lines, control = (), None
    if outcome.verdict is not rules.Verdict.WITHHELD:
        lines = rules.lines(regulation, marks, round=outcome.round)
    if outcome.verdict is rules.Verdict.CONTROL:
        control = rules.control_options(regulation, marks, jury_points=dossier.jury_points or 0)
    family_name = identity.usage_name or identity.birth_name
    return (
        *(decided[i] for i in (0, 1, 3, 4, 5, 6)),
        outcome.verdict is rules.Verdict.ADMITTED and identity.web_consent,
        display_name(family_name, identity.given_names),
        sort_key(family_name, identity.given_names),
        f"{search_key(family_name)} {search_key(identity.given_names)}",
        identity.posting_place,
        verification_code.generate(),
        json.dumps(
            document.build(
                identity,
                outcome,
                lines,
                context=context,
                jury_points=dossier.jury_points,
                control=control,
            ),
            ensure_ascii=False,
        ),
    )


def _copy(rows):
    copied = len(rows)
    with connection.cursor() as cursor, cursor.copy("COPY staged FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    rows.clear()
    return copied


def _values(release, at):
    return {
        "release": release.pk,
        "round": release.round,
        "at": timezone.localtime(at).isoformat(timespec="seconds"),
        "correction": "null",
        "reason": "",
        "author": None,
    }


_CREATE_STAGED = """
DROP TABLE IF EXISTS pg_temp.staged;
CREATE TEMPORARY TABLE staged (
    entry_id bigint PRIMARY KEY,
    verdict text NOT NULL,
    mention text NOT NULL,
    points numeric(9, 4) NOT NULL,
    divisor numeric(9, 4) NOT NULL,
    average numeric(4, 2),
    web_listed boolean NOT NULL,
    list_name text NOT NULL,
    sort_key text NOT NULL,
    search_key text NOT NULL,
    posting_place text NOT NULL,
    verification_code uuid NOT NULL,
    document jsonb NOT NULL
) ON COMMIT DROP
"""

_DOCUMENT = """(staged.document || jsonb_build_object(
    'revision', {revision}, 'issued_at', %(at)s::text, 'correction', %(correction)s::jsonb
))"""

_REPLACE = f"""
UPDATE results_publishedresult AS kept SET
    verdict = staged.verdict, web_listed = staged.web_listed, list_name = staged.list_name,
    sort_key = staged.sort_key, search_key = staged.search_key,
    posting_place = staged.posting_place,
    document = {_DOCUMENT.format(revision="kept.revision")}, created_at = now()
FROM staged
WHERE kept.entry_id = staged.entry_id AND kept.release_id = %(release)s AND (
    (kept.verdict, kept.web_listed, kept.list_name, kept.sort_key, kept.search_key,
     kept.posting_place)
    IS DISTINCT FROM
    (staged.verdict, staged.web_listed, staged.list_name, staged.sort_key, staged.search_key,
     staged.posting_place)
    OR kept.document <> {_DOCUMENT.format(revision="kept.revision")}
)
"""

_INSERT = f"""
INSERT INTO results_publishedresult
    (entry_id, release_id, round, revision, verdict, web_listed, list_name, sort_key, search_key,
     posting_place, verification_code, document, reason)
SELECT staged.entry_id, %(release)s, %(round)s, 1, staged.verdict, staged.web_listed,
    staged.list_name, staged.sort_key, staged.search_key, staged.posting_place,
    staged.verification_code, {_DOCUMENT.format(revision="1")}, ''
FROM staged
ON CONFLICT (entry_id, round, revision) DO NOTHING
"""

_DELETE = """
DELETE FROM results_publishedresult AS kept
WHERE kept.release_id = %(release)s
    AND (%(entries)s::bigint[] IS NULL OR kept.entry_id = ANY(%(entries)s))
    AND NOT EXISTS (SELECT FROM staged WHERE staged.entry_id = kept.entry_id)
"""

_REVISE = f"""
INSERT INTO results_publishedresult
    (entry_id, release_id, round, revision, verdict, web_listed, list_name, sort_key, search_key,
     posting_place, verification_code, document, reason, author_id)
SELECT staged.entry_id, %(release)s, %(round)s, latest.revision + 1, staged.verdict,
    staged.web_listed, staged.list_name, staged.sort_key, staged.search_key, staged.posting_place,
    staged.verification_code, {_DOCUMENT.format(revision="latest.revision + 1")}, %(reason)s,
    %(author)s
FROM staged
JOIN LATERAL (
    SELECT kept.revision, kept.document
    FROM results_publishedresult AS kept
    WHERE kept.entry_id = staged.entry_id AND kept.round = %(round)s
    ORDER BY kept.revision DESC LIMIT 1
) AS latest ON true
WHERE latest.document - '{{revision,issued_at,correction}}'::text[] <> staged.document
"""
