"""`python -m tests.released_office COUNT`: migrate the database, make candidates whose results are
open, and one whose release is to come; tell their numbers and birth dates as JSON."""

import json
import sys
from datetime import timedelta

import django


def main(count):
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from results.jury.deliberation import deliberate
    from results.publication import release
    from tests import factories

    call_command("migrate", verbosity=0)
    first = factories.entry(marks=factories.ADMITTED)
    kinds = [factories.REFUSED, factories.ADMITTED]
    others = [
        factories.entry(session=first.session, marks=kinds[number % 2])
        for number in range(count - 1)
    ]
    deliberate(first.session)
    release.schedule(first.session)
    waiting = factories.entry(marks=factories.ADMITTED)
    deliberate(waiting.session)
    release.schedule(waiting.session, at=timezone.now() + timedelta(days=1))
    told = [
        {
            "number": entry.number,
            "birth_date": f"{entry.candidate.birth_date:%d/%m/%Y}",
            "name": entry.candidate.birth_name,
        }
        for entry in [first, *others, waiting]
    ]
    print(
        json.dumps(
            {
                "session": first.session.code,
                "speciality": first.speciality.code,
                "people": told,
                "code": factories.CODE,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
