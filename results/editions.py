"""Editions of results: posted lists, score sheets, decisions, by the code of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.editions import kinds
from candidates.editions.kinds import EditionKind, Made, Order, TableForm
from candidates.jobs.work import JobRefused
from candidates.models import Session, Speciality
from results.jury import decisions_file
from results.models import ROUNDS, Decision, Release
from results.posted_list.printing import ListChoice, NothingScheduled, places_of, print_posted_lists
from results.score_sheet.printing import open_score_sheets, print_score_sheets, to_print
from results_portal.printing.files import Unprintable
from results_portal.printing.run import PrintReport
from results_portal.tabular.tables import write_table

_SHOWN = 20  # candidate numbers of a sentence
_NUMBERS = ("points", "diviseur", "moyenne")
_PLACE = "="  # before a place, as some candidates have none: ""


def register() -> None:
    for kind in (LISTS, SCORE_SHEETS, DECISIONS):
        kinds.register(kind)


class ListsForm(forms.Form):
    """Form of the posted lists to print; nothing chosen means all."""

    specialities = forms.MultipleChoiceField(
        label=gettext_lazy("Spécialités (toutes, si aucune n’est cochée)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    round = forms.TypedChoiceField(
        label=gettext_lazy("Tour"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("les deux")), *ROUNDS],
    )
    place = forms.ChoiceField(label=gettext_lazy("Lieu d’affichage"), required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Speciality.objects.entered_in(session).order_by("code")
        specialities = cast(forms.ChoiceField, self.fields["specialities"])
        specialities.choices = [(one.code, f"{one} ({one.code})") for one in found]
        place = cast(forms.ChoiceField, self.fields["place"])
        places = [(_PLACE + name, name or _("sans lieu")) for name in places_of(session)]
        place.choices = [("", _("tous les lieux")), *places]

    def clean_place(self) -> str | None:
        chosen = self.cleaned_data["place"]
        return chosen.removeprefix(_PLACE) if chosen else None


class SheetsForm(forms.Form):
    """Form of the score sheets to print; no number means all."""

    numbers = forms.CharField(
        label=gettext_lazy("Numéros de candidats"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Facultatif, séparés par des espaces : ceux-là seulement."),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._session = session

    def clean_numbers(self) -> list[str]:
        numbers = list(dict.fromkeys(self.cleaned_data["numbers"].replace(",", " ").split()))
        found = open_score_sheets(self._session, numbers=numbers)
        known = set(found.values_list("entry__number", flat=True)) if numbers else set()
        if missing := [number for number in numbers if number not in known]:
            raise forms.ValidationError(
                _("Pas de relevé (numéro inconnu, ou résultat qui n’est pas publié) : %s.")
                % ", ".join(missing[:_SHOWN])
            )
        return numbers


def _lists(order: Order) -> Made:
    options = order.options
    choice = ListChoice(options["specialities"], options["round"], options["place"])
    progress = order.progress(_("listes"))
    try:
        report = print_posted_lists(
            order.session, order.folder, choice=choice, progress=lambda done: progress(done, 0)
        )
    except NothingScheduled:
        raise JobRefused(
            [_("Aucune publication n’est programmée : il n’y a pas de liste.")]
        ) from None
    if not report.documents:
        raise JobRefused([_("Aucune liste pour ce choix.")])
    text = ngettext("%(n)d liste.", "%(n)d listes.", report.documents)
    return Made([text % {"n": report.documents}])


def _sheets(order: Order) -> Made:
    numbers = order.options["numbers"] or None
    results = open_score_sheets(order.session, numbers=numbers)
    total, progress = results.count(), order.progress(_("relevés"))
    if not total:
        raise JobRefused([_("Aucun résultat n’est publié : il n’y a pas de relevé.")])
    try:
        report = print_score_sheets(
            to_print(results),
            order.folder,
            run=" ".join(["relevés", order.session.code, *sorted(numbers or [])]),
            progress=lambda done: progress(done, total),
        )
    except Unprintable as sheet:
        raise JobRefused([_("Un relevé ne tient pas sur ses pages : %s") % sheet]) from None
    return Made(_of_sheets(report), warned=bool(report.apart or report.to_check))


def _of_sheets(report: PrintReport) -> Iterator[str]:
    text = ngettext("%(n)d relevé.", "%(n)d relevés.", report.documents)
    yield text % {"n": report.documents}
    for text, numbers in (
        (_("Sans adresse, à part (%(n)d) : %(numbers)s."), report.apart),
        (_("Hors de l’alphabet latin, à regarder (%(n)d) : %(numbers)s."), report.to_check),
    ):
        if numbers:
            shown = ", ".join(numbers[:_SHOWN]) + (", …" if len(numbers) > _SHOWN else "")
            yield text % {"n": len(numbers), "numbers": shown}


def _withdrawn_since(session: Session, made_at: datetime) -> str:
    """Return why papers of a release that has been withdrawn since are given no more."""
    if not Release.objects.filter(session=session, withdrawn_at__gt=made_at).exists():
        return ""
    return _("Une publication a été retirée depuis : ce fichier n’est plus donné. Refaites-le.")


def _decisions(order: Order) -> Made:
    total = Decision.objects.filter(entry__session=order.session).count()
    if not total:
        raise JobRefused([_("Personne n’est délibéré : il n’y a pas de décision.")])
    progress = order.progress(_("décisions"))
    count = write_table(
        order.folder / f"decisions{order.options['format']}",
        decisions_file.HEADER,
        decisions_file.rows(order.session),
        numbers=_NUMBERS,
        progress=lambda done: progress(done, total),
    )
    return Made([ngettext("%(n)d décision.", "%(n)d décisions.", count) % {"n": count}])


LISTS = EditionKind(
    "lists",
    gettext_lazy("listes d’affichage"),
    gettext_lazy(
        "Un PDF par spécialité et lieu : les admis, sans note ni mention. Elles se tirent dès que "
        "la publication est programmée, avant l’heure : ne les montrez à personne jusque-là."
    ),
    "listes",
    "results.release_results",
    _lists,
    ListsForm,
    file_refused=_withdrawn_since,
)
SCORE_SHEETS = EditionKind(
    "score_sheets",
    gettext_lazy("relevés de notes"),
    gettext_lazy(
        "Des PDF de cent relevés, dans l’ordre des codes postaux, et leur index. Seuls ceux des "
        "résultats publiés s’impriment."
    ),
    "releves",
    "results.correct_result",
    _sheets,
    SheetsForm,
    file_refused=_withdrawn_since,
)
DECISIONS = EditionKind(
    "decisions",
    gettext_lazy("décisions du jury"),
    gettext_lazy("Points, moyenne, décision et mention de chacun, publiés ou non."),
    "decisions",
    "results.deliberate",
    _decisions,
    TableForm,
)
