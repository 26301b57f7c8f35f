"""The page on which the shipped regulations of a session are chosen."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.models import Session
from results.regulations import shipped
from results.regulations.shipped import RegulationRefused, Shipped, ShippedState

RIGHT = "candidates.add_session"


class RegulationChoice:
    """A request for the regulations of one session.

    POST of `code`, those ticked: import them. Of those that differ and have entries already, a
    sentence each is shown first; they are imported with all these sentences in `read`.
    """

    def __init__(self, model_admin: admin.ModelAdmin, request: HttpRequest, session: Session):
        self.model_admin, self.request, self.session = model_admin, request, session
        self.offered = shipped.shipped_for(session)

    def answer(self) -> HttpResponse | dict[str, Any]:
        """Return a redirect once it is done, or what the template shows."""
        if self.request.method != "POST":
            return self._shown()
        ticked = set(self.request.POST.getlist("code"))
        chosen = [offer for offer in self.offered if offer.rules.code in ticked]
        if not chosen:
            messages.error(self.request, _("Cochez au moins un règlement."))
            return self._shown()
        in_use = self._in_use(chosen)
        if not set(in_use) <= set(self.request.POST.getlist("read")):
            return self._shown(ticked) | {"in_use": in_use}
        try:
            self._store(chosen)
        except RegulationRefused as refused:
            messages.error(self.request, str(refused))
            return self._shown(ticked)
        return redirect("admin:candidates_session_lifecycle", self.session.pk)

    def _shown(self, ticked: set[str] | None = None) -> dict[str, Any]:
        return {
            "title": _("Règlements : %(session)s") % {"session": self.session},
            "offered": [
                {"rule": o.rules, "state": o.state, "ticked": o.rules.code in (ticked or set())}
                for o in self.offered
            ],
            "same": ShippedState.SAME,
            "in_use": [],
        }

    def _in_use(self, chosen: list[Shipped]) -> list[str]:
        """Return a sentence for each regulation that would change under entries."""
        changing = [o.rules.code for o in chosen if o.state == ShippedState.DIFFERENT]
        return [
            _("%(code)s a des inscriptions dans %(sessions)s.")
            % {"code": code, "sessions": ", ".join(sessions)}
            for code, sessions in sorted(shipped.entered(changing).items())
        ]

    def _store(self, chosen: list[Shipped]) -> None:
        with transaction.atomic():
            changed = [o.rules.code for o in chosen if self._changes(o)]
            if changed:
                text = ngettext(
                    "%(n)d règlement importé : %(codes)s.",
                    "%(n)d règlements importés : %(codes)s.",
                    len(changed),
                ) % {"n": len(changed), "codes": ", ".join(changed)}
                self.model_admin.log_change(self.request, self.session, text)
        if changed:
            messages.success(self.request, text)
        else:
            messages.info(self.request, _("Ces règlements étaient déjà importés."))

    def _changes(self, offer: Shipped) -> bool:
        try:
            return shipped.store(offer.rules)
        except RegulationRefused as refused:
            raise RegulationRefused(f"{offer.rules.code} : {refused}.") from refused
