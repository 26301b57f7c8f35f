from django.conf import settings
from django.contrib import admin, messages
from django.db import IntegrityError, models
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates.address_changes import mailings, redispatches
from candidates.admin.changelists import (
    BoundedPaginator,
    LargeTableAdmin,
    PlainTitles,
    PrivateSearchAdmin,
)
from candidates.admin.forms import CandidateAddressForm, SchoolForm
from candidates.freeze import ReleaseOpened, is_refusal
from candidates.locks import lock_session
from candidates.models import Academy, Candidate, School
from candidates.names.searching import named
from candidates.names.sorting import search_key
from candidates.postal.address import Address
from candidates.signals import entries_changed
from results_portal import links

admin.site.site_title = _(settings.SITE_NAME)
admin.site.site_header = format_lazy(_("{name} – gestion"), name=_(settings.SITE_NAME))
admin.site.index_title = _("Gestion")


@admin.register(Candidate)
class CandidateAdmin(PrivateSearchAdmin, LargeTableAdmin):
    """Candidates: the office changes the address here, and the identity by a correction."""

    form = CandidateAddressForm
    list_display = ["list_name", "birth_date", "ine", "city"]
    ordering = ["birth_name", "given_names", "pk"]
    sortable_by = []
    search_fields = ["birth_name"]
    search_help_text = _("Nom, nom et prénom, INE ou numéro de candidat : le début suffit.")
    identity = ["birth_name", "usage_name", "given_names", "birth_date", "birth_place", "ine"]
    readonly_fields = [*identity, "their_entries"]
    fieldsets = [
        (
            _("Adresse et courriel"),
            {
                "fields": [
                    "address1",
                    "address2",
                    "address3",
                    ("postcode", "city"),
                    "country",
                    "email",
                ],
                "description": _(
                    "38 caractères par ligne au plus. Le changement vaut pour tout envoi qui "
                    "n’est pas encore préparé."
                ),
            },
        ),
        (
            _("Identité"),
            {
                "fields": [*identity],
                "description": _("Elle se corrige, avec un motif, depuis une inscription."),
            },
        ),
        (_("Inscriptions"), {"fields": ["their_entries"]}),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("candidat"))
    def list_name(self, candidate):
        return candidate.list_name

    @admin.display(description=_("inscriptions"))
    def their_entries(self, candidate):
        entries = candidate.entries.select_related("session", "speciality").order_by("-session")
        items = format_html_join(
            "",
            '<li><a href="{}">{}</a> – {}, {}</li>',
            (
                (
                    links.url("staff_entry", entry.pk),
                    entry.number,
                    entry.session.label,
                    entry.speciality,
                )
                for entry in entries
            ),
        )
        return format_html("<ul>{}</ul>", items)

    def get_search_results(self, request, queryset, search_term):
        return found_people(queryset, search_term), False

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (ReleaseOpened, IntegrityError) as error:
            if not is_refusal(error):
                raise
            text = _("La publication vient de s’ouvrir. Rien n’a été changé : recommencez.")
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request, obj, form, change):
        entries = obj.entries.select_related("session").order_by("session_id", "pk")
        for session in dict.fromkeys(entry.session for entry in entries):
            lock_session(session)
        before = Address.of(Candidate.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)
        entries_changed.send(Candidate, entry_ids=[entry.pk for entry in entries])
        if before.same_place != Address.of(obj).same_place:
            self._ask_about_sealed(request, obj)

    def _ask_about_sealed(self, request, candidate):
        at = timezone.now()
        sealed = [one for one in mailings.mailings_of(candidate.pk, at=at) if one.is_sealed(at)]
        redispatches.ask(sealed)
        if sealed:
            text = ngettext(
                "%(n)s envoi était déjà préparé pour l’ancienne adresse :",
                "%(n)s envois étaient déjà préparés pour l’ancienne adresse :",
                len(sealed),
            ) % {"n": len(sealed)}
            link = reverse("admin:candidates_redispatch_changelist")
            text = format_html('{} <a href="{}">{}</a>', text, link, _("décider s’ils repartent"))
            self.message_user(request, text, messages.WARNING)


def found_people(candidates, term):
    """Filter `candidates` (a queryset) by number or INE if `term` has a digit, else by name."""
    if not term.strip():
        return candidates
    code = search_key(term).replace(" ", "")
    if not any(character.isdigit() for character in code):
        return named(candidates, term)
    return candidates.filter(ine=code) | candidates.filter(
        pk__in=list(
            candidates.model.objects.filter(entries__number__startswith=code)
            .order_by()
            .values_list("pk", flat=True)[: BoundedPaginator.bound]
        )
    )


@admin.register(Academy)
class AcademyAdmin(PlainTitles):
    list_display = ["name", "code", "managed", "rectorat", "website", "email"]
    list_filter = ["managed"]
    search_fields = ["name", "code"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(School)
class SchoolAdmin(LargeTableAdmin):
    form = SchoolForm
    list_display = ["name", "uai", "city", "sector", "academy"]
    list_filter = ["sector", "academy"]
    list_select_related = ["academy"]
    search_fields = ["name", "city", "uai__startswith"]
    search_help_text = _("Nom, ville ou UAI.")

    def get_readonly_fields(self, request, obj=None):
        return ["uai"] if obj else []
