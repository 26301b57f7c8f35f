"""The one search of the office, whose field is on every page: people and schools by likeness."""

import re
from datetime import date

from django.contrib import admin, messages
from django.db.models import Prefetch
from django.db.models.functions import Upper
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from candidates import typed
from candidates.admin import private_searches
from candidates.models import Candidate, Entry, School
from candidates.names import likeness
from candidates.names.searching import of_family, of_family_mistyped

MOST = 20  # people, and as many schools
MOST_OF_A_DAY = 5000
LONGEST = 200  # characters
_DATE = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b")


def search(request):
    """Page of what resembles the posted words; its address holds a token for them."""
    if request.method == "POST":
        words = request.POST.get("q", "").strip()[:LONGEST]
        query = f"?{urlencode({'q': private_searches.keep(request, words)})}" if words else ""
        return HttpResponseRedirect(f"{request.path}{query}")
    token = request.GET.get("q", "")
    words = private_searches.kept(request, token)
    if token and not words:
        messages.warning(request, _("Cette recherche a expiré, recommencez-la."))
    context = {
        **admin.site.each_context(request),
        "title": _("Chercher"),
        "words": words,
        "search_is_the_purpose": not words,
        "most": MOST,
        "may_open_entries": request.user.has_perm("candidates.view_entry"),
    }
    for name, model, find in (("people", Candidate, people), ("schools", School, schools)):
        may_see = admin.site._registry[model].has_view_permission(request)
        found = find(words, MOST + 1) if words and may_see else []
        context |= {name: found[:MOST], f"more_{name}": len(found) > MOST}
    return TemplateResponse(request, "admin/search.html", context)


def people(text, most):
    """Return `most` candidates at most, the most alike first, with `their_entries`.

    `text` holds an e-mail, a candidate number, an INE or a name; and a birth date, or that alone.
    """
    born, text = _without_birth_date(text)
    entries = Entry.objects.select_related("session", "school").order_by("-session__year", "pk")
    rows = Candidate.objects.order_by("birth_name", "given_names", "pk").prefetch_related(
        Prefetch("entries", entries, to_attr="their_entries")
    )
    if born:
        # The few of a day are compared one by one.
        of_the_day = Candidate.objects.filter(birth_date=born).order_by("pk")
        rows = rows.filter(pk__in=list(of_the_day.values_list("pk", flat=True)[:MOST_OF_A_DAY]))
    code = typed.number(text)
    if "@" in text:
        rows = rows.alias(upper_email=Upper("email")).filter(upper_email=text.strip().upper())
    elif any(character.isdigit() for character in code):
        with_number = Entry.objects.filter(number__startswith=code).order_by()
        keys = list(with_number.values_list("candidate", flat=True)[: 10 * most])
        rows = rows.filter(pk__in=keys) | rows.filter(ine=code)
    elif code:
        near = [of_family(rows, text), of_family_mistyped(rows, text)]
        return likeness.most_alike(rows, likeness.PERSON, text, most, nearer=near)
    elif not born:
        return []
    return list(rows[:most])


def schools(text, most):
    """Return `most` schools at most, by the beginning of their UAI or by name and town."""
    rows = School.objects.order_by("name", "pk")
    code = typed.number(text)
    if code[:1].isdigit() or "@" in text:
        return list(rows.filter(uai__startswith=code)[:most])
    return likeness.most_alike(rows, likeness.SCHOOL, text, most)


def _without_birth_date(text) -> tuple[date | None, str]:
    for found in _DATE.finditer(text):
        if born := typed.birth_date(found[0], today=timezone.localdate()):
            return born, text.replace(found[0], " ")
    return None, text
