"""Ways of appeal against what the office decides, and the time that they leave.

- Réclamation: a clerical error is corrected, at any time.
- Recours gracieux: the office is asked to decide again, within two months of the notification;
  its silence of two months is a refusal (code des relations entre le public et l'administration,
  art. L. 411-2, L. 411-7). The two months of the tribunal then begin anew.
- Administrative tribunal: within two months of the notification (code de justice administrative,
  art. R. 421-1), which run only if the notification says so (R. 421-5).
- Médiateur: free, after the office; it stops no delay (code de l'éducation, art. D. 222-40).

Of a jury: its mark is not discussed again, its deliberation can be challenged.
"""

import calendar
import datetime
from typing import Any

from results_portal.office import bodies

MONTHS = 2


def ways() -> dict[str, Any]:
    """Return the bodies that a way of appeal names; `tribunal` is None where it is not set."""
    return {
        "tribunal": bodies.tribunal(),
        "telerecours": bodies.TELERECOURS,
        "mediator": bodies.MEDIATOR,
    }


def silence_refuses_on(received: datetime.date) -> datetime.date:
    """Return the day from which no answer is a refusal: two months after a request is received.

    Such requests ask for what no text gives a procedure (L. 231-4, 2°). The same day of the month,
    or its last.
    """
    month = received.month + MONTHS
    year, month = received.year + (month - 1) // 12, (month - 1) % 12 + 1
    day = min(received.day, calendar.monthrange(year, month)[1])
    return datetime.date(year, month, day)
