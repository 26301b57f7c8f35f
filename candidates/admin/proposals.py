"""What one person proposes and another approves: its list, its page, and the three ends of it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from candidates.admin.changelists import LargeTableAdmin, ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.admin.waiting import QueueAdmin, Waiting
from candidates.models import Proposal, Reading
from candidates.proposals import acts, kinds, people
from candidates.trail import readings


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Motif du refus"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        error_messages={"required": gettext_lazy("Indiquez le motif du refus.")},
    )


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin, LargeTableAdmin, QueueAdmin):
    task = Task.WORK
    list_display = [
        "label",
        "session",
        "state",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "ended_at",
    ]
    list_filter = ["state", "session"]
    list_select_related = ["session", "proposed_by", "decided_by"]
    ordering = ["-pk"]
    sortable_by = []
    actions = None
    waiting = [
        Waiting(
            "a-approuver",
            gettext_lazy("propositions à approuver"),
            rows=lambda proposals: proposals.waiting(),
            since="proposed_at",
        )
    ]

    def has_view_permission(self, request, obj=None):
        """An administrator sees proposals where they may approve them, and not otherwise."""
        return super().has_view_permission(request, obj) or people.stands_in(request.user)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = {
            "approuver": ("approve", self.approve_page),
            "refuser": ("refuse", self.refuse_page),
            "reprendre": ("take_back", self.take_back_page),
        }
        return [
            *(
                path(f"<int:pk>/{address}/", wrap(page), name=f"candidates_proposal_{name}")
                for address, (name, page) in pages.items()
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        acts.let_pass()
        return super().changelist_view(request, extra_context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        acts.let_pass()
        proposal = self.get_object(request, object_id)
        if proposal is None:
            raise Http404
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        return self._page(request, proposal)

    @method_decorator(require_POST)
    def approve_page(self, request, pk):
        """POST of `confirmed`, the session's code where the page asks for it: do what is said."""
        try:
            proposal = acts.approve(pk, by=request.user, posted=request.POST)
        except kinds.NotSure as asked:
            for problem in asked.problems:
                messages.error(request, problem)
            return redirect("admin:candidates_proposal_change", pk)
        except acts.Ended as ended:
            return self._ended(request, ended.proposal)
        except Proposal.DoesNotExist:
            raise Http404 from None
        self.log_change(request, proposal, _("Approuvée"))
        if proposal.job:
            messages.success(request, _("Approuvé : la tâche est demandée."))
        else:
            messages.success(request, _("Approuvé : c’est fait."))
        return redirect("admin:candidates_proposal_change", pk)

    @method_decorator(require_POST)
    def refuse_page(self, request, pk):
        """POST of a `RefusalForm`."""
        form = RefusalForm(request.POST)
        proposal = self._found(pk)
        if not people.may_approve(request.user, proposal):
            raise PermissionDenied
        if not form.is_valid():
            return self._page(request, proposal, form)
        try:
            acts.refuse(pk, by=request.user, reason=form.cleaned_data["reason"])
        except acts.Ended as ended:
            return self._ended(request, ended.proposal)
        self.log_change(request, proposal, _("Refusée"))
        return redirect("admin:candidates_proposal_change", pk)

    @method_decorator(require_POST)
    def take_back_page(self, request, pk):
        """POST by its author: end a proposal."""
        proposal = self._found(pk)
        try:
            acts.take_back(pk, by=request.user)
        except acts.Ended as ended:
            return self._ended(request, ended.proposal)
        self.log_change(request, proposal, _("Reprise par son auteur"))
        return redirect("admin:candidates_proposal_change", pk)

    def _found(self, pk):
        found = Proposal.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _ended(self, request, proposal):
        messages.warning(request, ended_already(proposal))
        return redirect("admin:candidates_proposal_change", proposal.pk)

    def _page(self, request, proposal, form=None):
        shown = {}
        if proposal.is_waiting:
            try:
                shown = acts.shown(proposal)
            except acts.Ended as ended:
                proposal = ended.proposal
            else:
                if proposal.entry_id:
                    readings.saw(request, Reading.What.PROPOSAL, entries=[proposal.entry_id])
        kind = kinds.get(proposal.kind)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": capfirst(proposal.label),
            **shown,
            "proposal": proposal,
            "template": kind.template,
            "address": kind.address(proposal),
            "may_approve": people.may_approve(request.user, proposal),
            "is_own": proposal.proposed_by_id == request.user.pk,
            "stands_in": people.stands_in(request.user),
            "refusal": form or RefusalForm(),
        }
        if proposal.is_waiting:
            others = people.approvers().exclude(pk=proposal.proposed_by_id)
            context |= {"approvers": list(others), "is_alone": people.is_alone()}
        return TemplateResponse(request, "admin/candidates/proposal/page.html", context)


def lead_to_proposal(request, propose):
    """Make a proposal by `propose()`, and lead to its page; or to the one that waits already."""
    try:
        made = propose()
    except acts.AlreadyProposed as refused:
        made = refused.other
        text = _("%(name)s l’a déjà proposé : « %(label)s » attend une seconde personne.")
        messages.warning(request, text % {"name": made.proposed_by, "label": made.label})
    return redirect("admin:candidates_proposal_change", made.pk)


def ended_already(proposal):
    """Return how a proposal has ended, in a sentence."""
    if proposal.decided_by is None:
        return _("Cette proposition est caduque. Rien n’a été changé.")
    values = {
        "state": proposal.get_state_display(),
        "name": proposal.decided_by,
        "hour": date_format(timezone.localtime(proposal.decided_at), "d/m/Y H:i"),
    }
    return _("Cette proposition est déjà %(state)s (%(name)s, %(hour)s).") % values
