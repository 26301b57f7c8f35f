"""Staff page of failures by the hour, and of who waits at the next sign-in, by account and network.

A manager lifts a wait there.
"""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates import alarm
from candidates.admin import rights
from candidates.admin.changelists import ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.identification import delay
from candidates.identification.throttle import address_block, block_of
from candidates.models import FailedIdentification
from candidates.sign_in.guesses import misses_from, misses_of
from results_portal.web.client_address import UNKNOWN, read_address

_SAID = {
    alarm.IDENTIFICATION: gettext_lazy(
        "%(number)s identifications manquées entre %(hour)s h et l’heure suivante : "
        "quelqu’un essaie peut-être des codes."
    ),
    alarm.VERIFICATION: gettext_lazy(
        "%(number)s codes de vérification faux entre %(hour)s h et l’heure suivante : "
        "quelqu’un en essaie peut-être."
    ),
    alarm.SIGN_IN: gettext_lazy(
        "%(number)s mots de passe ou codes faux entre %(hour)s h et l’heure suivante : "
        "quelqu’un essaie peut-être d’entrer."
    ),
}


@admin.register(FailedIdentification)
class FailedIdentificationAdmin(ReadOnlyAdmin):
    """Accounts and networks with wrong guesses of the last hour; rows of the table name nobody.

    Of networks the portal keeps a digest alone: that of who looks is shown, and any other that they
    type.
    """

    task = Task.ACCOUNTS

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_lift = rights.may_lift_waits(request.user)
        typed = request.POST.get("address", "")
        asked = block_of(read_address(typed.partition("/")[0].strip()))
        if typed and asked == UNKNOWN:
            self.message_user(
                request, _("Tapez une adresse IP, comme 203.0.113.20."), messages.ERROR
            )
        elif request.method == "POST" and "see" not in request.POST:
            if not may_lift:
                raise PermissionDenied
            return self._lift(request, asked)
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "hours": alarm.last_hours(using=DEFAULT_DB_ALIAS),
            "accounts": _accounts_with_misses(),
            "networks": _networks(dict.fromkeys((address_block(request), asked))),
            "may_lift": may_lift,
        }
        template = "admin/candidates/failedidentification/waits.html"
        return TemplateResponse(request, template, context)

    def alarms(self):
        """Return the sentences for the first page of the admin: hours with too many failures."""
        return [
            _SAID[kind] % {"number": hour.failures[kind], "hour": localtime(hour.begins_at).hour}
            for hour in alarm.last_hours(using=DEFAULT_DB_ALIAS)
            for kind in hour.alarming
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise PermissionDenied

    def history_view(self, request, object_id, extra_context=None):
        raise PermissionDenied

    def _lift(self, request, block):
        if block != UNKNOWN:
            delay.forgive(misses_from(block), using=DEFAULT_DB_ALIAS)
            text = _("Le réseau %(network)s n’attend plus.") % {"network": block}
        else:
            name = request.POST.get("name", "")
            user = get_object_or_404(get_user_model(), username=name, is_staff=True)
            for counted in misses_of(user.get_username()):
                delay.forgive(counted, using=DEFAULT_DB_ALIAS)
            text = _("%(name)s peut se connecter sans attendre.") % {"name": name}
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(request.path)


def _accounts_with_misses():
    """Return the name, misses and seconds to wait of staff accounts with misses, by name."""
    names = get_user_model().objects.filter(is_staff=True).order_by("username")
    texts = {name: misses_of(name) for name in names.values_list("username", flat=True)}
    found = delay.misses([text for own in texts.values() for text in own], using=DEFAULT_DB_ALIAS)
    counts = {name: [found[text] for text in own if text in found] for name, own in texts.items()}
    return [
        {
            "name": name,
            "misses": sum(number for number, _seconds in counted),
            "seconds": max(seconds for _number, seconds in counted),
        }
        for name, counted in counts.items()
        if counted
    ]


def _networks(blocks):
    """Return the name, misses and seconds to wait of networks that can be read."""
    texts = {misses_from(block): block for block in blocks if block != UNKNOWN}
    free = delay.FREE_MISSES_OF_MANY
    found = delay.misses(texts, using=DEFAULT_DB_ALIAS, free=free)
    counts = [(block, *found.get(text, (0, 0))) for text, block in texts.items()]
    return [{"name": name, "misses": number, "seconds": left} for name, number, left in counts]
