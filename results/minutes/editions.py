"""Minutes and signature sheets as editions of a session."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.editions import kinds
from candidates.editions.kinds import EditionKind, Made, Order
from candidates.jobs.work import JobRefused
from candidates.models import Session, Speciality
from results.jury.deliberation import DeliberationRefused
from results.minutes import papers
from results.minutes.contents import Minutes, minutes
from results.models import ROUNDS

RIGHT = "results.add_jurydecision"


def register() -> None:
    kinds.register(MINUTES)
    kinds.register(SIGNATURES)


class OfOneJury(forms.Form):
    """Form of a speciality and a round."""

    speciality = forms.ChoiceField(label=gettext_lazy("Spécialité"))
    round = forms.TypedChoiceField(label=gettext_lazy("Tour"), coerce=int, choices=ROUNDS)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Speciality.objects.entered_in(session).order_by("code")
        field = cast(forms.ChoiceField, self.fields["speciality"])
        field.choices = [(one.code, f"{one} ({one.code})") for one in found]


class MinutesForm(OfOneJury):
    """Form of the minutes to print: with names, or numbers alone."""

    named = forms.BooleanField(label=gettext_lazy("Avec les noms"), required=False)


def _minutes(order: Order) -> Made:
    found = _found(order, named=order.options["named"])
    _write(order, "proces-verbal", papers.minutes_pdf(found))
    text = ngettext(
        "Procès-verbal de %(n)d candidat.", "Procès-verbal de %(n)d candidats.", len(found.lines)
    )
    said = [text % {"n": len(found.lines)}]
    if found.unexamined:
        text = ngettext(
            "%(n)d livret n’est pas coché comme examiné : le procès-verbal le dit.",
            "%(n)d livrets ne sont pas cochés comme examinés : le procès-verbal le dit.",
            len(found.unexamined),
        )
        said.append(text % {"n": len(found.unexamined)})
    if not found.sitting.president:
        said.append(_("Le président du jury n’est pas saisi : une ligne blanche l’attend."))
    return Made(said, warned=len(said) > 1)


def _signatures(order: Order) -> Made:
    _write(order, "emargement", papers.signatures_pdf(_found(order, named=False)))
    return Made([_("Feuille d’émargement, à signer par le jury.")])


def _found(order: Order, *, named: bool) -> Minutes:
    speciality = Speciality.objects.get(code=order.options["speciality"])
    try:
        found = minutes(order.session, speciality, round=order.options["round"], named=named)
    except DeliberationRefused as refused:
        raise JobRefused(refused.problems) from None
    if found is None:
        raise JobRefused([_("Rien n’est délibéré pour cette spécialité et ce tour.")])
    return found


def _write(order: Order, stem: str, pdf: bytes) -> None:
    name = f"{stem}-{order.options['speciality']}-tour-{order.options['round']}.pdf"
    (order.folder / name).write_bytes(pdf)


MINUTES = EditionKind(
    "minutes",
    gettext_lazy("procès-verbal de délibération"),
    gettext_lazy(
        "Composition du jury, incidents, notes et décisions de chacun, points accordés et leur "
        "motif, place des signatures. La composition se saisit depuis la grille du jury."
    ),
    "proces-verbal",
    RIGHT,
    _minutes,
    MinutesForm,
)
SIGNATURES = EditionKind(
    "signatures",
    gettext_lazy("feuille d’émargement du jury"),
    gettext_lazy("Une ligne à signer par membre saisi, ou des lignes blanches."),
    "emargement",
    RIGHT,
    _signatures,
    OfOneJury,
)
