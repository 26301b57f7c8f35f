"""Editions of figures: the office's own, complete, and those that may be published."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.editions.kinds import EditionKind, Made, Order, TableForm
from candidates.jobs.work import JobRefused
from candidates.models import Session
from results.statistics import figures, reading
from results.statistics.groups import Group, Table
from results_portal.tabular.tables import Row, write_table

OFFICE, PUBLIC = "office", "public"
_GROUP = ["tableau", "code", "libelle"]
_NUMBERS = ["inscrits", "presents", "admis", "taux", "taux_precedent", "ecart"]
_OF_PUBLIC = [*_GROUP, "presents", "admis", "taux", "communique"]


class FiguresForm(TableForm):
    """Form of the figures wanted, and of their format."""

    wanted = forms.ChoiceField(
        label=gettext_lazy("Chiffres"),
        choices=[
            (OFFICE, gettext_lazy("complets, pour l’office seul")),
            (PUBLIC, gettext_lazy("à publier : ceux de l’ouverture, sans les petits nombres")),
        ],
    )


def office_rows(found: figures.Figures) -> Iterator[Row]:
    """Yield a row for each group, beside the last session; "O" where a rate jumps."""
    for rows in found.tables.values():
        for row in rows:
            one = row.figure
            yield [
                *_named(one.group, row.label),
                one.entered,
                one.present,
                one.admitted,
                *map(_text, (one.rate, row.rate_before, row.change)),
                "O" if row.jumped else "N",
                *(one.mentions.get(label, 0) for label in found.mentions),
            ]


def public_rows(session: Session) -> Iterator[Row]:
    """Yield what the public pages show; "N" where the numbers are hidden."""
    for row in reading.public_rows(session):
        numbers = map(_text, (row.present, row.admitted, row.rate))
        yield [*_named(row.group, row.label), *numbers, "N" if row.present is None else "O"]


def _named(group: Group, label: object) -> list[str]:
    return [str(figures.TABLES[Table(group.table)]), group.key, str(label)]


def _text(value: object) -> str:
    return "" if value is None else str(value).replace(".", ",")


def _make(order: Order) -> Made:
    if order.options["wanted"] == PUBLIC:
        name, rows = "chiffres-publics", public_rows(order.session)
        header, numbers = _OF_PUBLIC, _NUMBERS
    else:
        found = figures.of_session(order.session)
        name, rows = "chiffres-complets", office_rows(found)
        header = [*_GROUP, *_NUMBERS, "a_regarder", *found.mentions]
        numbers = [*_NUMBERS, *found.mentions]
    path = order.folder / f"{name}{order.options['format']}"
    count = write_table(path, header, rows, numbers=numbers)
    if not count:
        raise JobRefused([_("Il n’y a aucun chiffre : la session est vide, ou rien n’est public.")])
    return Made([ngettext("%(n)d ligne.", "%(n)d lignes.", count) % {"n": count}])


FIGURES = EditionKind(
    "figures",
    gettext_lazy("chiffres"),
    gettext_lazy(
        "Taux de réussite par spécialité, secteur, statut, centre et établissement. Les chiffres "
        "complets ne se communiquent pas ; ceux à publier existent dès l’ouverture."
    ),
    "chiffres",
    "results.deliberate",
    _make,
    FiguresForm,
)
