"""The second step of a release: what its page showed, and what must be typed into it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.models import Session
from results.publication import hours
from results.publication.preview import Preview

_NEVER = "-"


class ReleaseConfirmation:
    """Compare the release that a page showed, by the field `seen`, with the present one.

    `doubts`: why the code of the session is asked for. `is_ticked`: whether regulations that nobody
    has checked are accepted. `meanwhile`: what others have done since the page was shown.
    """

    def __init__(
        self, posted: Mapping[str, str], session: Session, found: Preview, wanted: dict[str, Any]
    ) -> None:
        now, at = timezone.now(), wanted["at"]
        of_round = {name: wanted[name] for name in ("specialities", "round")}
        self._hours = hours.announced(session, **of_round)
        self.doubts = hours.doubts(session, **of_round, at=at, now=now)
        self._verdicts = _digest([found.verdicts, found.decisions])
        self._withdrawn = hours.last_withdrawal(session, **of_round) or _NEVER
        verdicts, _space, rest = posted.get("seen", "").partition(" ")
        withdrawn, _space, shown = rest.partition(" ")
        seen, present = _hours(shown), hours.releases_of(session, **of_round)
        self.meanwhile = hours.meanwhile(seen, present, at=at, now=now)
        if withdrawn and self._withdrawn not in {_NEVER, withdrawn} and not self.meanwhile:
            self.meanwhile = [hours.withdrawn_meanwhile()]
        is_whole = seen.keys() == self._hours.keys()
        self.is_up_to_date = verdicts == self._verdicts and is_whole and not self.meanwhile
        self.is_ticked = not found.to_check or "regulations_read" in posted
        self.is_typed = not self.doubts or posted.get("confirmed", "").strip() == session.code

    def objections(self, session: Session) -> list[str]:
        """Return why what was confirmed on the page cannot be done as it is now, in sentences."""
        found = list(self.meanwhile)
        if not self.is_up_to_date and not found:
            found.append(_("Les décisions ont changé depuis la confirmation : relisez-les."))
        if not self.is_typed:
            found += [*self.doubts, _("Tapez le code de la session pour confirmer.")]
        if not self.is_ticked:
            found.append(_("Cochez la case pour publier avec ces règlements."))
        return found

    @property
    def seen(self) -> str:
        """The value of the field `seen` of a page shown now."""
        hour = {pk: value.isoformat() if value else "" for pk, value in self._hours.items()}
        return " ".join([self._verdicts, self._withdrawn, *(f"{pk}={hour[pk]}" for pk in hour)])


def _digest(verdicts: Sequence[Mapping[str, Any]]) -> str:
    """Return a digest of decisions, in whatever order the database counted them."""
    return hashlib.sha256(json.dumps(verdicts, sort_keys=True).encode()).hexdigest()


def _hours(shown: str) -> dict[int, datetime | None]:
    """Return the hours of a field `seen`; nothing for what no page of ours has sent."""
    found: dict[int, datetime | None] = {}
    for place in shown.split():
        pk, _equals, hour = place.partition("=")
        try:
            found[int(pk)] = datetime.fromisoformat(hour) if hour else None
        except ValueError:
            return {}
    return found
