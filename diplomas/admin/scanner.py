"""Admin page of a pile of envelopes: codes from a hand scanner or photographs, one confirmation."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates.admin.changelists import PlainTitles
from diplomas.dispatch.steps import CUSTODY
from diplomas.models import CustodyEvent
from diplomas.scanning import pile
from diplomas.scanning.forms import MOST_SENT, PileForm, ScanForm
from results_portal.uploads import sandbox
from results_portal.uploads.body_size import takes_files

SETTINGS = ("kind", "cause", "day", "session")


class ScannerPages(PlainTitles):
    """Part of the admin of diplomas."""

    def get_urls(self):
        page = takes_files(MOST_SENT)(self.admin_site.admin_view(self.scanner_page))
        return [path("scanner/", page, name="diplomas_diploma_scanner"), *super().get_urls()]

    def scanner_page(self, request):
        """Ask once what is noted (kept in the address), then take codes; POST never loses one."""
        if not request.user.has_perm(CUSTODY):
            raise PermissionDenied
        asked = {name: request.GET[name] for name in SETTINGS if name in request.GET}
        form = ScanForm(asked or None)
        if not form.is_valid():
            return self._scanner(request, {"form": form})
        scan = form.scan
        posted = PileForm(request.POST or None, request.FILES or None)
        texts, problems = [], []
        if posted.is_valid():
            sent = posted.cleaned_data
            before = pile.told(sent["pile"].split())
            texts = _changed(before, request.POST, sent["code"])
            photographed, problems = _read(sent["photographs"])
            texts = pile.told([*texts, *photographed])
            if "_note" in request.POST and not problems and not sent["code"] and texts:
                moved = pile.note(texts, scan, by=request.user)
                self._say(request, moved)
                return redirect(f"{request.path}?{urlencode(asked)}")
        rows = pile.look(texts, scan)
        context = {
            "form": form,
            "scan": scan,
            "cause": CustodyEvent.Cause(form.cleaned_data["cause"]).label,
            "pile_form": PileForm(initial={"pile": " ".join(texts)}),
            "errors": [error for errors in posted.errors.values() for error in errors] + problems,
            "rows": rows[::-1],
            "total": len(rows),
            "ready": sum(row.count for row in rows if row.goes),
            "already": sum(row.already for row in rows),
            "refused": sum(not row.goes and not row.already for row in rows),
        }
        return self._scanner(request, context)

    def _say(self, request, moved):
        if not (n := len(moved)):
            messages.info(request, _("Rien n’était à noter."))
            return
        done = ngettext("%(n)d diplôme noté.", "%(n)d diplômes notés.", n) % {"n": n}
        messages.success(request, done)

    def _scanner(self, request, context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Scanner une pile"),
        }
        return TemplateResponse(request, "admin/diplomas/diploma/scanner.html", context)


def _changed(before, posted, code):
    if "_undo" in posted:
        return before[:-1]
    if "_empty" in posted:
        return []
    return pile.told([*before, code])


def _read(photographs):
    """Return the codes on photographs, and a sentence for each that could not be read."""
    texts, problems = [], []
    for photograph in photographs:
        try:
            found = sandbox.codes_on(photograph)
        except sandbox.TooManyAtOnce:
            problems.append(_("Le portail lit déjà d’autres images : réessayez dans un instant."))
        except sandbox.NoPicture:
            problems.append(
                _("Une photo n’a pas pu être lue : envoyez-la en JPEG ou en PNG, moins lourde.")
            )
        else:
            texts += found
            if not found:
                problems.append(
                    _("Aucun code n’a été trouvé sur une photo : reprenez-la de plus près.")
                )
    return texts, problems
