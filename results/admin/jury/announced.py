"""Rounds that no grid changes any more: two people do, one candidate or one file at a time."""

from candidates.models import Session, Speciality
from candidates.proposals import people
from results.models import Release


def takes_two(session: Session, speciality: Speciality, round: int) -> bool:
    """Whether a release of the round is scheduled or public, and it takes two to change it."""
    announced = Release.objects.announced()
    of_round = announced.filter(session=session, speciality=speciality, round=round)
    return people.needs_two() and of_round.exists()
