"""Import of schools from a file of the office or from the national directory."""

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.imports import directory
from candidates.locks import lock_session
from candidates.models import Academy, Entry, School, Session
from candidates.signals import entries_changed
from candidates.values import academy_code, uai
from results_portal.imports.staging import ImportRefused, differing, load, log_problems, outcome_of
from results_portal.tabular import MAX_BYTES, Column, ErrorLog, best_columns, read_rows
from results_portal.tabular.values import choice, optional_text, required_text

_PRESUMED_SHOWN = 5

COLUMNS = [
    Column("uai", uai),
    Column("nom", required_text(150)),
    Column("secteur", choice(*School.Sector.values)),
    Column("adresse", optional_text(200), required=False),
    Column("code_postal", optional_text(10), required=False),
    Column("ville", optional_text(60), required=False),
    Column("academie", academy_code),
]


def import_schools(
    path,
    *,
    log=None,
    dry_run=False,
    confirmed="",
    max_bytes=MAX_BYTES,
    progress=None,
    matched=None,
):
    """Create and update the schools of the file at `path`; return the outcome.

    The national directory is recognised by its columns. Raise `ImportRefused`, and write nothing,
    when anything in the file is wrong. `confirmed`, `matched`: as in
    `import_entries`; the table is `matched_school`.
    """
    log = log or ErrorLog(path)
    reading = {"log": log, "max_bytes": max_bytes, "progress": progress}
    with transaction.atomic():
        notes = _stage(path, reading)
        with connection.cursor() as cursor:
            # Imports take turns; candidates' pages go on reading.
            cursor.execute("LOCK TABLE candidates_school IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(_MATCH)
        _check(log)
        if log.count:
            raise ImportRefused(log)
        outcome = outcome_of("matched_school", notes=notes)
        if matched:
            matched()
        if dry_run:
            transaction.set_rollback(True)
        else:
            _write(confirmed)
    return outcome


def _stage(path, reading):
    columns = best_columns(path, COLUMNS, directory.COLUMNS)
    of_directory, notes = columns is directory.COLUMNS, []
    rows = read_rows(path, columns, warn_of_others=not of_directory, **reading)
    if of_directory:
        guide = directory.Directory(reading["log"])
        load("incoming_school", _STAGING, guide.schools(rows))
        _ensure_academies(guide.academies)
        notes = _notes(guide)
    else:
        load("incoming_school", _STAGING, rows)
    return notes


def _ensure_academies(names):
    """Create the académies that the directory names and the database lacks."""
    Academy.objects.bulk_create(
        [
            Academy(code=code, name=name, rectorat=f"Rectorat de l’académie de {name}")
            for code, name in names.items()
            if name
        ],
        ignore_conflicts=True,
    )


def _notes(guide):
    notes = [
        f"{count} × {_(kind)}, laissés de côté" for kind, count in sorted(guide.skipped.items())
    ]
    if guide.presumed:
        shown = ", ".join(guide.presumed[:_PRESUMED_SHOWN])
        more = "…" if len(guide.presumed) > _PRESUMED_SHOWN else ""
        notes.append(
            ngettext(
                "%(n)s établissement privé au contrat inconnu, tenu pour hors contrat : %(uai)s",
                "%(n)s établissements privés au contrat inconnu, tenus pour hors contrat : %(uai)s",
                len(guide.presumed),
            )
            % {"n": len(guide.presumed), "uai": shown + more}
        )
    return notes


def _check(log):
    log_problems(
        log,
        _TWICE,
        {},
        lambda line: _("cet UAI est déjà à la ligne %(line)s") % {"line": line},
    )
    log_problems(
        log,
        "SELECT line, 'academie', academy FROM incoming_school"
        " WHERE academy NOT IN (SELECT code FROM candidates_academy) ORDER BY line",
        {},
        lambda: _("académie inconnue"),
    )


def _write(confirmed):
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT)
    changed = Entry.objects.extra(
        where=["school_id IN (SELECT uai FROM matched_school WHERE NOT is_new AND changes <> '{}')"]
    )
    for session in Session.objects.filter(entries__in=changed).distinct().order_by("pk"):
        lock_session(session)
    entry_ids = list(changed.order_by("pk").values_list("pk", flat=True))
    if entry_ids:
        entries_changed.send(sender=School, entry_ids=entry_ids, confirmed=confirmed)


_STAGING = {
    "line": "integer",
    "uai": "text",
    "name": "text",
    "sector": "text",
    "address": "text",
    "postcode": "text",
    "city": "text",
    "academy": "text",
}

_TWICE = """
SELECT line, 'uai', uai, first FROM (
    SELECT line, uai, min(line) OVER (PARTITION BY uai) AS first FROM incoming_school
) AS numbered
WHERE line > first ORDER BY line
"""

_DIFFERING = differing(
    [
        ("nom", "incoming.name", "school.name"),
        ("secteur", "incoming.sector", "school.sector"),
        ("adresse", "coalesce(incoming.address, school.address)", "school.address"),
        ("code_postal", "coalesce(incoming.postcode, school.postcode)", "school.postcode"),
        ("ville", "coalesce(incoming.city, school.city)", "school.city"),
        ("academie", "incoming.academy", "school.academy_id"),
    ]
)

_MATCH = f"""
DROP TABLE IF EXISTS pg_temp.matched_school;
CREATE TEMPORARY TABLE matched_school ON COMMIT DROP AS
SELECT incoming.line, incoming.uai, school.uai IS NULL AS is_new, incoming.name, incoming.sector,
    coalesce(incoming.address, school.address, '') AS address,
    coalesce(incoming.postcode, school.postcode, '') AS postcode,
    coalesce(incoming.city, school.city, '') AS city,
    incoming.academy AS academy_id,
    {_DIFFERING} AS changes
FROM incoming_school AS incoming
LEFT JOIN candidates_school AS school ON school.uai = incoming.uai
"""

_UPSERT = """
INSERT INTO candidates_school (uai, name, sector, address, postcode, city, academy_id)
SELECT uai, name, sector, address, postcode, city, academy_id FROM matched_school
WHERE is_new OR changes <> '{}'
ON CONFLICT (uai) DO UPDATE SET
    name = excluded.name, sector = excluded.sector, address = excluded.address,
    postcode = excluded.postcode, city = excluded.city, academy_id = excluded.academy_id
"""
