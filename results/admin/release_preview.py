"""What a release would show, for the page that confirms it and the one that approves it."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from candidates.models import Session
from results.admin import wording
from results.admin.lifecycle import COUNTED
from results.admin.publication_status import STATES, release_state
from results.minutes.contents import not_examined
from results.models import VERDICT_LABELS, Release
from results.publication.preview import Preview


def context(session: Session, wanted: Mapping[str, Any], found: Preview) -> dict[str, Any]:
    """Return the context of `admin/results/release/preview.html`.

    `wanted`: the `specialities`, the `round`, and `at`, the hour, None for at once.
    """
    releases = {
        release.speciality_id: release
        for release in Release.objects.filter(session=session, round=wanted["round"])
    }
    shown = []
    for speciality in wanted["specialities"]:
        release, tally = releases.get(speciality.pk), found.verdicts[speciality.code]
        shown.append(
            {
                "speciality": speciality,
                "counts": [(verdict, tally.get(verdict, 0)) for verdict in COUNTED],
                "release": release,
                "state": release and STATES[release_state(release)],
                "is_open": release is not None and release.is_open(timezone.now()),
            }
        )
    return {
        "session": session,
        "shown": shown,
        "verdict_labels": [VERDICT_LABELS[verdict] for verdict in COUNTED],
        "totals": [
            sum(tally.get(verdict, 0) for tally in found.verdicts.values()) for verdict in COUNTED
        ],
        "problems": found.problems,
        "to_check": found.to_check,
        "not_examined": not_examined(session, wanted["specialities"]),
        "opens_at": wanted["at"],
        "round_number": wanted["round"],
        "round": wording.round_name(wanted["round"]),
    }
