"""The page of the jury's sitting: its composition, its incidents, the school records examined."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from candidates.models import Entry, Session, Speciality
from results.admin.jury import grid
from results.minutes import contents
from results.models import ExaminedBooklet, JurySitting
from results.rights import may_grant_points

MOST = 500  # school records to tick on the page


class SittingForm(forms.ModelForm):
    class Meta:
        model = JurySitting
        fields = ["held_on", "place", "president", "members", "incidents"]
        widgets = {"held_on": forms.DateInput(attrs={"size": 10})}


def sitting_page(model_admin: Any, request: HttpRequest, pk: int, speciality_pk: int) -> Any:
    """GET shows the sitting of a speciality; POST keeps it, and the ticks of school records."""
    may_write = may_grant_points(request.user)
    if not request.user.has_perm(grid.VIEW) or (request.method == "POST" and not may_write):
        raise PermissionDenied
    session = get_object_or_404(Session, pk=pk)
    speciality = get_object_or_404(Speciality.objects.entered_in(session), pk=speciality_pk)
    form = SittingForm(request.POST or None, instance=contents.sitting_of(session, speciality))
    to_tick = list(contents.to_tick(session, speciality)[:MOST])
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.instance.author = request.user
            form.save()
            _tick(request, session, speciality, to_tick)
        messages.success(request, _("La séance du jury est enregistrée."))
        return redirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Séance du jury : %(speciality)s") % {"speciality": speciality},
        "opts": Session._meta,
        "session": session,
        "speciality": speciality,
        "form": form,
        "may_write": may_write,
        "to_tick": to_tick,
        "ticked": contents.examined(session, speciality),
    }
    return TemplateResponse(request, "admin/candidates/session/sitting.html", context)


def _tick(request: Any, session: Session, speciality: Speciality, shown: list[Entry]) -> None:
    """Keep the ticks of the entries shown; with `_all`, tick every one of the speciality."""
    ticked = set(request.POST.getlist("booklet"))
    wanted = (
        contents.to_tick(session, speciality)
        if "_all" in request.POST
        else [entry for entry in shown if str(entry.pk) in ticked]
    )
    if "_all" not in request.POST:
        kept = [entry.pk for entry in wanted]
        ExaminedBooklet.objects.filter(entry__in=shown).exclude(entry__in=kept).delete()
    ExaminedBooklet.objects.bulk_create(
        [ExaminedBooklet(entry=entry, by=request.user) for entry in wanted], ignore_conflicts=True
    )
