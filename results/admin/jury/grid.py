"""The grid of the borderline: points and reason typed in each row, weighed, then given."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.locks import lock_session
from candidates.models import Session, Speciality
from results.admin import wording
from results.admin.jury.announced import takes_two
from results.admin.jury.deeds import deed
from results.admin.jury_edit import PointsField
from results.admin.refusals import Refused, refusals
from results.jury import borderline, raising
from results.jury.borderline import Borderline, Threshold
from results.models import ROUNDS, Release, verdict_in_words
from results.publication import rows as published_rows
from results.publication.correction import corrections
from results.rights import may_correct, may_grant_points
from results.rules import Outcome, show
from results_portal.templatetags.portal import decimal

VIEW = "results.view_jurydecision"
PAGE = 50  # rows
_DISTANCES = ["0.10", "0.25", "0.50", "1.00"]


class FilterForm(forms.Form):
    """Form of who is shown: speciality, round, distance, threshold, school."""

    specialite = forms.ModelChoiceField(
        Speciality.objects.none(), label=gettext_lazy("Spécialité"), to_field_name="code"
    )
    tour = forms.TypedChoiceField(
        label=gettext_lazy("Tour"), coerce=int, choices=ROUNDS, required=False
    )
    distance = forms.TypedChoiceField(
        label=gettext_lazy("À moins de"), coerce=Decimal, required=False
    )
    seuil = forms.ChoiceField(label=gettext_lazy("Seuil"), required=False)
    etablissement = forms.CharField(
        label=gettext_lazy("Établissement (UAI)"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"size": 9}),
    )

    def __init__(self, data: Mapping[str, Any], *, session: Session) -> None:
        entered = Speciality.objects.entered_in(session).order_by("code")
        data = dict(data.items())
        if not data.get("specialite") and (first := entered.first()):
            data["specialite"] = first.code
        data["distance"] = data.get("distance") or "0.50"
        data["tour"] = data.get("tour") or "1"
        super().__init__(data)
        fields: Mapping[str, Any] = self.fields
        fields["specialite"].queryset = entered
        fields["specialite"].empty_label = None
        fields["distance"].choices = [
            (one, _("%(average)s de moyenne") % {"average": decimal(one)}) for one in _DISTANCES
        ]
        fields["seuil"].choices = [("", _("tous")), *Threshold.choices]

    def clean_etablissement(self) -> str:
        return self.cleaned_data["etablissement"].strip().upper()


class RowForm(forms.Form):
    """Form of one row: points, their reason, and a digest of what was seen."""

    points = PointsField(
        label=gettext_lazy("Points accordés"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"size": 6, "inputmode": "decimal"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 24}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, row: Borderline, common: str) -> None:
        granted = row.granted
        super().__init__(
            data,
            prefix=str(row.entry.pk),
            initial={
                "points": granted and granted.points,
                "reason": granted.reason if granted else "",
                "seen": row.state,
            },
        )
        self.row, self._common = row, common
        for field in (self.fields["points"], self.fields["reason"]):
            name = _("candidat %(number)s") % {"number": row.entry.number}
            field.widget.attrs["aria-label"] = f"{field.label}, {name}"

    @property
    def wanted(self) -> tuple[Decimal, str] | None:
        """The points and the reason to record; None where nothing changes."""
        granted, data = self.row.granted, self.cleaned_data
        before = (granted.points, granted.reason) if granted else (Decimal(0), "")
        points, reason = data["points"] or Decimal(0), data["reason"]
        if (points, reason) == before or (not points and not granted):
            return None
        return points, reason

    def clean(self) -> dict[str, Any]:
        super().clean()
        data, granted = self.cleaned_data, self.row.granted
        if self.errors:
            return data
        if data["points"] and not data["reason"]:
            data["reason"] = self._common
        wanted = self.wanted
        if data["reason"] and not data["points"] and not granted:
            self.add_error("points", _("Un motif, mais pas de points : indiquez-les."))
        elif wanted and not data["reason"]:
            self.add_error("reason", _("Indiquez le motif."))
        elif wanted and data["seen"] != self.row.state:
            self.add_error(None, _changed_meanwhile())
        elif wanted and (problem := wanted[0] and raising.excess(wanted[0], self.row.nearest)):
            self.add_error("points", str(problem))
        return data


class CommonReason(forms.Form):
    common = forms.CharField(
        label=gettext_lazy("Motif des lignes qui n’en ont pas"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 50}),
    )


class Grid:
    """Rows of one speciality and round, with the form of each.

    `data`: what was posted; its rows are those of the page that was sent.
    """

    def __init__(
        self,
        session: Session,
        speciality: Speciality,
        *,
        round: int,
        rows: Iterable[Borderline],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.session, self.speciality, self.round = session, speciality, round
        self.common = CommonReason(data)
        common = self.common.cleaned_data["common"] if self.common.is_valid() else ""
        self.rows = [RowForm(data, row=row, common=common) for row in rows]

    @property
    def changed(self) -> list[RowForm]:
        """The rows that are valid and change something."""
        return [form for form in self.rows if form.is_valid() and form.wanted]

    @property
    def refused(self) -> list[RowForm]:
        return [form for form in self.rows if form.errors]

    def freeze(self) -> None:
        """Let what was typed be read and sent again, and not changed."""
        for form in [self.common, *self.rows]:
            for field in form.fields.values():
                field.widget.attrs["readonly"] = True

    def apply(self, by: User, *, confirmed: str = "") -> list[RowForm]:
        """Record the changed rows, each with its result; return those recorded.

        One transaction, under the lock of the session. A row that was changed meanwhile, or whose
        result cannot follow, is refused alone and has the error. Raises `OpeningSoon` as
        `corrections`, `PermissionDenied` if the round is no longer for `by` to decide; then nothing
        is written.
        """
        asked = self.changed
        done: list[RowForm] = []
        with transaction.atomic():
            lock_session(self.session)
            if not may_decide(by, self.session, self.speciality, self.round):
                raise PermissionDenied
            keys = [form.row.entry.pk for form in asked]
            now = borderline.read(self.session, self.speciality, round=self.round, entry_ids=keys)
            alike: dict[str, list[RowForm]] = defaultdict(list)
            for form in asked:
                present = now.get(form.row.entry.pk)
                if present is None or present.state != form.cleaned_data["seen"]:
                    form.row = present or form.row
                    form.add_error(None, _changed_meanwhile())
                    continue
                form.row = present
                alike[_wanted(form)[1]].append(form)
            for reason, forms_alike in alike.items():
                done += self._grant(forms_alike, reason, by, confirmed)
        return done

    def _grant(self, alike: list[RowForm], reason: str, by: User, confirmed: str) -> list[RowForm]:
        """Record rows of one reason; those of them that are refused are tried one by one."""
        entries = [form.row.entry for form in alike]
        keys = [entry.pk for entry in entries]
        try:
            with refusals(), corrections(keys, by=by, reason=reason, confirmed=confirmed):
                asked = [(form.row, _wanted(form)[0]) for form in alike]
                borderline.grant(asked, reason=reason, by=by)
                LogEntry.objects.bulk_create([_logged(form, by) for form in alike])
        except Refused as refused:
            if len(alike) > 1:
                return [one for form in alike for one in self._grant([form], reason, by, confirmed)]
            alike[0].add_error(None, " ".join(refused.problems))
            return []
        return alike


def may_decide(user: User | AnonymousUser, session: Session, speciality: Speciality, round: int):
    """Whether someone may grant points of the jury in a round of a speciality.

    As `jury_edit.rounds_to_decide`: a jury secretary until the round is public. Where two people
    change an announced decision, on the page of its entry, nobody does here once it is scheduled.
    """
    if not may_grant_points(user) or takes_two(session, speciality, round):
        return False
    release = Release.objects.filter(session=session, speciality=speciality, round=round).first()
    return (
        release is None or may_correct(user) or not published_rows.frozen(release, timezone.now())
    )


def outcome_in_words(outcome: Outcome) -> str:
    """Return a verdict with its mention and average, as staff read it."""
    words = [verdict_in_words(outcome.verdict, outcome.mention)]
    if outcome.average is not None:
        words.append(_("moyenne %(average)s") % {"average": decimal(show(outcome.average))})
    return ", ".join(words)


def marks_in_words(row: Borderline) -> list[tuple[str, str]]:
    """Return code and mark of each test that the entry has one of; those of round 2 say so."""
    return [
        (
            mark.test if mark.round == 1 else _("%(test)s, second tour") % {"test": mark.test},
            wording.mark(mark.value, mark.status, mark.origin),
        )
        for mark in row.dossier.marks
    ]


def _wanted(form: RowForm) -> tuple[Decimal, str]:
    if form.wanted is None:
        raise ValueError("an unchanged row")
    return form.wanted


def _logged(form: RowForm, by: User) -> LogEntry:
    points, reason = _wanted(form)
    said = _("%(round)s : points du jury, %(points)s") % {
        "round": wording.round_name(form.row.round).capitalize(),
        "points": wording.jury_decision(points, reason) if points else wording.NOTHING,
    }
    return deed(form.row.entry, by=by, said=said)


def _changed_meanwhile() -> str:
    return _("Ce dossier a changé depuis l’affichage de la page : relisez-le, puis recommencez.")
