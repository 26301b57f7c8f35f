"""What entries of a session have entered, where their regulation has no such test."""

from django.db import connection
from django.utils.translation import gettext as _

from candidates.models import Session

SHOWN = 20


def problems(session: Session) -> list[str]:
    """Return a sentence for each entry with units, or subjects, that its regulation lacks."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, {"session": session.pk, "shown": SHOWN})
        return [
            _("Candidat %(number)s : son règlement n’a pas d’épreuve %(codes)s.")
            % {"number": number, "codes": codes}
            for number, codes in cursor.fetchall()
        ]


_UNKNOWN = """
SELECT entry.number, string_agg(code, ', ' ORDER BY code)
FROM candidates_entry AS entry
CROSS JOIN LATERAL (
    SELECT regexp_split_to_table(entry.units, ' ') AS code
    UNION
    SELECT split_part(regexp_split_to_table(entry.subjects, '[|]'), '=', 1)
) AS entered
WHERE entry.session_id = %(session)s AND (entry.units <> '' OR entry.subjects <> '') AND code <> ''
    AND NOT EXISTS (
        SELECT FROM results_test AS test
        WHERE test.speciality_id = entry.speciality_id AND test.code = entered.code
    )
GROUP BY entry.number ORDER BY entry.number LIMIT %(shown)s
"""
