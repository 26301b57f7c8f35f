"""Admin pages that show the proof of a request, as pictures."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from candidates.admin.seen import SeenAdmin
from candidates.civil_status import proofs
from candidates.models import Reading
from candidates.trail import readings
from results_portal.uploads import sandbox

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
_HALF_AN_HOUR = 1800  # seconds


class ProofAdmin(SeenAdmin):
    """Admin of requests with a `proof`, its `proof_type` and a `reference`.

    A page shows the pictures of the proof, and the journal says who opened it. The file that was
    sent is offered to nobody.
    """

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/piece/", view(self.proof), name=self._proof_page),
            path(
                "<int:pk>/piece/<str:key>/<int:number>.jpg",
                view(self.proof_picture),
                name=f"{self._proof_page}_picture",
            ),
            *super().get_urls(),
        ]

    @property
    def _proof_page(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_proof"

    def may_see_proof(self, request):
        return self.has_view_permission(request)

    def proof_page_link(self, asked):
        """Return the link to the page of a proof, or that it was deleted."""
        if not asked.proof:
            return _("supprimée")
        address = reverse(f"admin:{self._proof_page}", args=[asked.pk])
        kind = asked.get_proof_type_display()
        return format_html('<a href="{}">{} ({})</a>', address, _("Voir la pièce"), kind)

    def proof(self, request, pk):
        """Show the pictures of a proof; log who opened it."""
        asked = self._with_proof(request, pk)
        error, pictures = "", 0
        try:
            pictures = sandbox.count(proofs.stored_pictures(asked.proof))
        except proofs.BadProof as refused:
            error = str(refused)
        LogEntry.objects.log_actions(
            request.user.pk, [asked], CHANGE, change_message=_("Pièce ouverte"), single_object=True
        )
        readings.saw(request, Reading.What.PROOF, entries=self.entries_of(asked))
        key = signing.dumps([request.user.pk, pk], salt=self._proof_page)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pièce de la demande %(reference)s") % {"reference": asked.reference},
            "opts": self.opts,
            "original": asked,
            "error": error,
            "pictures": [
                reverse(f"admin:{self._proof_page}_picture", args=[pk, key, number])
                for number in range(1, pictures + 1)
            ],
        }
        return TemplateResponse(request, "admin/candidates/proof.html", context)

    def proof_picture(self, request, pk, key, number):
        """Return one picture, by the key that the page of the proof gave this person."""
        asked = self._with_proof(request, pk)
        try:
            opened = signing.loads(key, salt=self._proof_page, max_age=_HALF_AN_HOUR)
            if opened != [request.user.pk, pk]:
                raise Http404
            picture = sandbox.picture(proofs.stored_pictures(asked.proof), number)
        except (signing.BadSignature, proofs.BadProof, KeyError):
            raise Http404 from None
        headers = {"Content-Security-Policy": SANDBOX, "X-Content-Type-Options": "nosniff"}
        return HttpResponse(picture, content_type="image/jpeg", headers=headers)

    def _with_proof(self, request, pk):
        if not self.may_see_proof(request):
            raise PermissionDenied
        asked = get_object_or_404(self.model, pk=pk)
        if not asked.proof or not asked.proof.storage.exists(asked.proof.name):
            raise Http404
        return asked
