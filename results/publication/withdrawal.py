"""The withdrawal of releases: one person's, at once; the other managers are told."""

from collections.abc import Iterable
from itertools import groupby

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from candidates.models import Session
from candidates.proposals import telling
from results.models import Release
from results.publication.release import withdraw


def of_session(session: Session) -> list[Release]:
    """Return every release of a session that is scheduled or open, of both rounds."""
    found = Release.objects.announced().filter(session=session)
    return list(found.select_related("session", "speciality").order_by("round", "pk"))


def withdraw_all(releases: Iterable[Release], *, by: User, message: str = "") -> list[Release]:
    """Take releases off every public page, all or none; return those that were not so already."""
    with transaction.atomic():
        wanted = sorted(releases, key=lambda one: (one.session_id, one.pk))
        done = [withdraw(one, by=by, message=message) for one in wanted if not one.withdrawn_at]
        for session, of_it in groupby(done, key=lambda one: one.session_id):
            _tell(session, list(of_it), by)
    return done


def _tell(session: int, releases: list[Release], by: User) -> None:
    at = max(release.withdrawn_at for release in releases if release.withdrawn_at)
    telling.write_to_others(
        by,
        key=f"withdrawal {session} {at.isoformat()}",
        subject=_("Des résultats viennent d’être retirés"),
        template="results/mail/withdrawn",
        context={"releases": releases},
    )
