"""Figures for the public: written with the rows of a release, frozen from its hour on."""

from results.models import PublicFigure, Regulation, Release
from results.statistics import counting
from results.statistics.groups import Figure, Group, PublicGroups, Table, counted, public_groups


def write(release: Release) -> None:
    """Write the figures of a release that is not open yet, in place of those that it has.

    In the transaction that writes its rows, after the decisions: see `results.publication.release`.
    """
    lines = counting.lines(release.session, round=release.round, speciality=release.speciality_id)
    mentions = _mentions(release)
    told = public_groups(
        lines, round=release.round, mentions=mentions, earlier=_told_before(release)
    )
    figures = [figure for group, figure in counted(lines).items() if group.table != Table.EXAM]
    PublicFigure.objects.filter(release=release).delete()
    PublicFigure.objects.bulk_create(_row(release, figure, told, mentions) for figure in figures)


def _mentions(release: Release) -> list[str]:
    """Return the mentions of the regulation, from the lowest on."""
    regulation = Regulation.objects.get(speciality=release.speciality_id)
    return [mention["label"] for mention in regulation.mentions]


def _told_before(release: Release) -> set[Group] | None:
    """Return the groups that the first round told of; None where it has no figures at all."""
    first = PublicFigure.objects.filter(
        release__session=release.session_id,
        release__speciality=release.speciality_id,
        release__round__lt=release.round,
    )
    rows = list(first.values_list("table", "key", "present"))
    told = {Group(table, key) for table, key, present in rows if present is not None}
    return told if rows else None


def _row(release: Release, figure: Figure, told: PublicGroups, mentions: list[str]) -> PublicFigure:
    """Return the row of a group: every group has one, so that their number tells nothing."""
    row = PublicFigure(release=release, table=figure.group.table, key=figure.group.key)
    if figure.group in told.rates:
        row.present, row.admitted = figure.present, figure.admitted
    if figure.group in told.mentions:
        row.mentions = [[label, figure.mentions.get(label, 0)] for label in mentions]
    return row
