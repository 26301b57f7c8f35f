"""SQL that merges staged entries into the database."""

from dataclasses import dataclass
from functools import partial

from results_portal.imports.staging import differing


@dataclass(frozen=True)
class Merged:
    """A column of the file and of the database: the value given, else stored, else the default."""

    name: str
    stored: str
    given: str
    default: str = "''"

    def value(self, table):
        return f"coalesce({self.given}, {table}.{self.stored}, {self.default})"

    def kept(self, table):
        return f"coalesce({self.given}, {table}.{self.stored})"


def _same(name, stored=None, default="''"):
    stored = stored or name
    return Merged(name, stored, f"incoming.{stored}", default)


def _unless_chosen(name, stored, default="''", *, by):
    """Return a column that files change only while `by`, the date of an online choice, is null."""
    return Merged(name, stored, f"CASE WHEN {by} IS NULL THEN incoming.{stored} END", default)


_address = partial(_unless_chosen, by="person.address_chosen_at")
_consent = partial(_unless_chosen, by="entry.web_consent_chosen_at")


PERSON = [
    Merged("ine", "ine", "nullif(incoming.ine, '')"),
    _same("nom", "birth_name"),
    _same("nom_usage", "usage_name"),
    _same("prenoms", "given_names"),
    _same("date_naissance", "birth_date", "NULL"),
    _same("lieu_naissance", "birth_place"),
    _address("courriel", "email"),
    _address("adresse1", "address1"),
    _address("adresse2", "address2"),
    _address("adresse3", "address3"),
    _address("code_postal", "postcode"),
    _address("ville", "city"),
    _address("pays", "country", "'FRANCE'"),
]
ENTRY = [
    Merged("specialite", "speciality_id", "speciality.id", "NULL"),
    _same("statut", "status"),
    _same("forme", "form", "'G'"),
    _same("unites", "units"),
    _same("matieres", "subjects"),
    Merged("academie", "academy_id", "incoming.academy", "NULL"),
    _same("lieu_affichage", "posting_place"),
    _same("centre"),
    _consent("publication_web", "web_consent", "false"),
    _same("suspendu", "withheld", "false"),
]
PRINTED_OF_PERSON = ["ine", "nom", "nom_usage", "prenoms", "date_naissance", "lieu_naissance"]
PRINTED_OF_ENTRY = [
    "specialite",
    "statut",
    "forme",
    "unites",
    "matieres",
    "etablissement",
    "academie",
    "lieu_affichage",
    "suspendu",
]

_PERSON_VALUES = ",\n    ".join(f"{m.value('person')} AS {m.stored}" for m in PERSON)
_ENTRY_VALUES = ",\n    ".join(f"{m.value('entry')} AS {m.stored}" for m in ENTRY)
_PERSON_CHANGES = differing((m.name, m.kept("person"), f"person.{m.stored}") for m in PERSON)
_ENTRY_CHANGES = differing(
    [
        *((m.name, m.kept("entry"), f"entry.{m.stored}") for m in ENTRY),
        ("etablissement", "nullif(incoming.school, '')", "entry.school_id"),
    ]
)

# The person of each row.
IDENTIFY = """
DROP TABLE IF EXISTS pg_temp.identified_entry;
CREATE TEMPORARY TABLE identified_entry ON COMMIT DROP AS
SELECT incoming.line, entry.id AS entry_id, known.id AS known_id,
    coalesce(
        entry.candidate_id,
        known.id,
        max(entry.candidate_id) OVER (PARTITION BY nullif(incoming.ine, ''),
            CASE WHEN incoming.ine = '' THEN incoming.line END)
    ) AS candidate_id
FROM incoming_entry AS incoming
LEFT JOIN candidates_entry AS entry
    ON entry.session_id = %(session)s AND entry.number = incoming.number
LEFT JOIN candidates_candidate AS known
    ON known.ine <> '' AND known.ine = nullif(incoming.ine, '');
ANALYZE identified_entry
"""

# `person_key` is the same for all rows about one person; the last of them counts, and carries the
# changes of the person.
MATCH = f"""
DROP TABLE IF EXISTS pg_temp.matched_entry;
CREATE TEMPORARY TABLE matched_entry ON COMMIT DROP AS
SELECT *,
    entry_changes || person_changes || CASE WHEN new_code THEN ARRAY['code_acces'] END AS changes
FROM (
    SELECT incoming.line, incoming.number, identified.entry_id, identified.candidate_id,
        identified.entry_id IS NULL AS is_new,
        identified.candidate_id IS NULL AS is_new_person,
        coalesce(
            identified.candidate_id::text, nullif(incoming.ine, ''), '#' || incoming.line
        ) AS person_key,
        {_PERSON_VALUES},
        {_ENTRY_VALUES},
        nullif(incoming.school, '') AS school_id,
        incoming.digest, incoming.credential, incoming.office_code,
        incoming.code_given AND entry.access_code_digest <> incoming.digest AS new_code,
        CASE WHEN entry.id IS NOT NULL THEN {_ENTRY_CHANGES} END AS entry_changes,
        CASE WHEN person.id IS NOT NULL AND incoming.line = max(incoming.line) OVER same_person
            THEN {_PERSON_CHANGES} END AS person_changes
    FROM incoming_entry AS incoming
    JOIN identified_entry AS identified ON identified.line = incoming.line
    LEFT JOIN candidates_entry AS entry ON entry.id = identified.entry_id
    LEFT JOIN candidates_candidate AS person ON person.id = identified.candidate_id
    LEFT JOIN candidates_speciality AS speciality ON speciality.code = incoming.speciality
    WINDOW same_person AS (
        PARTITION BY identified.candidate_id,
            CASE WHEN identified.candidate_id IS NULL THEN incoming.line END
    )
) AS merged;
CREATE INDEX ON matched_entry USING brin (line);
ANALYZE matched_entry
"""

INSERT_PERSONS = f"""
UPDATE matched_entry SET candidate_id = newcomer.id
FROM (
    SELECT person_key, nextval(pg_get_serial_sequence('candidates_candidate', 'id')) AS id
    FROM (SELECT person_key FROM matched_entry WHERE is_new_person GROUP BY 1) AS keys
) AS newcomer
WHERE is_new_person AND newcomer.person_key = matched_entry.person_key;
INSERT INTO candidates_candidate (id, {", ".join(m.stored for m in PERSON)})
SELECT DISTINCT ON (candidate_id) candidate_id, {", ".join(m.stored for m in PERSON)}
FROM matched_entry WHERE is_new_person ORDER BY candidate_id, line DESC
"""

UPDATE_PERSONS = f"""
UPDATE candidates_candidate AS person
SET {", ".join(f"{m.stored} = matched.{m.stored}" for m in PERSON)}
FROM matched_entry AS matched
WHERE person.id = matched.candidate_id AND matched.person_changes <> '{{}}'
"""

_ENTRY_COLUMNS = [*(m.stored for m in ENTRY), "school_id"]

# Before codes are given, so that one may pass from an entry to another in the same file.
FREE_CODES = """
UPDATE candidates_entry AS entry SET office_code = NULL
FROM matched_entry AS matched WHERE entry.id = matched.entry_id AND matched.new_code
"""

INSERT_ENTRIES = f"""
INSERT INTO candidates_entry (session_id, candidate_id, number, access_code_digest, credential,
    office_code, {", ".join(_ENTRY_COLUMNS)})
SELECT %(session)s, candidate_id, number, digest, credential,
    office_code, {", ".join(_ENTRY_COLUMNS)}
FROM matched_entry WHERE is_new AND line > %(after)s AND line <= %(upto)s ORDER BY line
"""

UPDATE_ENTRIES = f"""
UPDATE candidates_entry AS entry
SET {", ".join(f"{name} = matched.{name}" for name in _ENTRY_COLUMNS)}
FROM matched_entry AS matched
WHERE entry.id = matched.entry_id AND matched.entry_changes <> '{{}}';
UPDATE candidates_entry AS entry
SET access_code_digest = matched.digest, credential = matched.credential,
    office_code = matched.office_code
FROM matched_entry AS matched
WHERE entry.id = matched.entry_id AND matched.new_code
"""

# The entries, in every session, of people with a corrected birth date: their credential changes.
BIRTH_DATE_CORRECTED = """
SELECT entry.id, entry.number, person.birth_date, entry.access_code_digest
FROM candidates_entry AS entry
JOIN candidates_candidate AS person ON person.id = entry.candidate_id
WHERE entry.candidate_id IN (
    SELECT candidate_id FROM matched_entry WHERE 'date_naissance' = ANY(person_changes)
)
"""

CHANGED_ENTRIES = """
SELECT id, session_id FROM candidates_entry AS entry
WHERE id IN (SELECT entry_id FROM matched_entry WHERE entry_changes <> '{}')
    OR candidate_id IN (SELECT candidate_id FROM matched_entry WHERE person_changes <> '{}')
ORDER BY id
"""
