from django.conf import settings
from django.contrib import admin, messages
from django.db import IntegrityError, models
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates.address_changes import changes
from candidates.admin.changelists import (
    BoundedPaginator,
    LargeTableAdmin,
    PlainTitles,
    PrivateSearchAdmin,
)
from candidates.admin.forms import CandidateAddressForm, SchoolForm
from candidates.admin.seen import SeenAdmin
from candidates.admin.tables import Task
from candidates.freeze import ReleaseOpened, is_refusal
from candidates.models import Academy, Candidate, Reading, School, SchoolHead
from candidates.names.searching import named
from candidates.names.sorting import search_key
from results_portal import links

admin.site.site_title = _(settings.SITE_NAME)
admin.site.site_header = format_lazy(_("{name} – gestion"), name=_(settings.SITE_NAME))
admin.site.index_title = _("Gestion")


@admin.register(Candidate)
class CandidateAdmin(PrivateSearchAdmin, LargeTableAdmin, SeenAdmin):
    """Candidates: the office changes the address here, and the identity by a correction."""

    task = Task.CANDIDATES
    form = CandidateAddressForm
    list_display = ["list_name", "birth_date", "ine", "city"]
    ordering = ["birth_name", "given_names", "pk"]
    sortable_by = []
    search_fields = ["birth_name"]
    search_help_text = _("Nom, nom et prénom, INE ou numéro de candidat : le début suffit.")
    identity = ["birth_name", "usage_name", "given_names", "birth_date", "birth_place", "ine"]
    readonly_fields = [*identity, "their_entries"]
    seen_as = Reading.What.CANDIDATE
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
                    "reason",
                    "confirmed",
                    "seen",
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

    def entries_of(self, candidate):
        return candidate.entries.order_by().values_list("pk", flat=True)

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
        last = obj.entries.order_by("-session__year", "-pk").first()
        if last is None:
            text = _("Ce candidat n’a plus d’inscription. Rien n’a été changé.")
            self.message_user(request, text, messages.ERROR)
            return
        try:
            written = changes.change_by_office(
                entry_id=last.pk,
                seen=form.present,
                new=form.address,
                by=request.user,
                reason=form.cleaned_data["reason"].strip(),
            )
        except changes.Unchanged:
            return
        except changes.AddressOutdated:
            text = _("L’adresse vient de changer. Rien n’a été enregistré : recommencez.")
            self.message_user(request, text, messages.ERROR)
            return
        self._tell_about_sealed(request, written)
        if not (form.present.email or form.address.email):
            text = _("Ce candidat n’a pas de courriel : il n’est pas prévenu.")
            self.message_user(request, text, messages.WARNING)

    def _tell_about_sealed(self, request, change):
        sealed = [mailing for mailing in change.mailings if mailing["sealed"]]
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
    task = Task.SESSIONS
    list_display = ["name", "code", "is_managed", "rectorat", "website", "email"]
    list_filter = ["managed"]
    search_fields = ["name", "code"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    @admin.display(description=Academy._meta.get_field("managed").verbose_name, ordering="managed")
    def is_managed(self, academy):
        return _("oui") if academy.managed else _("non")

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(School)
class SchoolAdmin(LargeTableAdmin):
    task = Task.SESSIONS
    form = SchoolForm
    list_display = ["name", "uai", "city", "sector", "academy"]
    list_filter = ["sector", "academy"]
    list_select_related = ["academy"]
    search_fields = ["name", "city", "uai__startswith"]
    search_help_text = _("Nom, ville ou UAI.")

    def get_readonly_fields(self, request, obj=None):
        return ["uai", "their_entries", "their_heads"] if obj else []

    def get_fields(self, request, obj=None):
        fields = ["uai", "name", "sector", "address", "postcode", "city", "academy"]
        may_see_entries = obj and request.user.has_perm("candidates.view_entry")
        return [*fields, "their_entries", "their_heads"] if may_see_entries else fields

    @admin.display(description=SchoolHead._meta.verbose_name_plural)
    def their_heads(self, school):
        heads = school.heads.select_related("user").order_by("user__username")
        return ", ".join(head.user.get_full_name() or head.user.username for head in heads) or "–"

    @admin.display(description=_("inscriptions"))
    def their_entries(self, school):
        address = links.url("staff_entries")
        return format_html('<a href="{}?school={}">{}</a>', address, school.pk, _("Candidats"))
