"""What an administrator does with the access to an account: one button each, to be confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from candidates.admin import notices, rights
from candidates.admin.administrators import hold
from candidates.admin.invitations import invite
from candidates.identification import delay
from candidates.sign_in.guesses import misses_of
from candidates.sign_in.second_factor import has_second_factor, reset_second_factor
from candidates.single_sign_on.identities import is_tied, untie

Words = str | Promise


@dataclass(frozen=True)
class AccountStep:
    """A step: its address, button, question and what was `done`, in words.

    `may(by, user)` says who may; `fits(user)` whether there is anything to do. `act(user, request)`
    may return a link, which is shown once; `signs`: it writes the history of the account itself.
    `told`: what the others learn of a manager's account.
    """

    slug: str
    label: Words
    question: Words
    done: Words
    may: Callable[[Any, User], bool]
    fits: Callable[[User], bool]
    act: Callable[[User, Any], str | None]
    told: Words = ""
    signs: bool = False


def misses(user: User) -> tuple[int, int]:
    """Return strangers' wrong passwords and codes for an account, and the seconds to wait."""
    found = delay.misses(misses_of(user.get_username()), using=DEFAULT_DB_ALIAS).values()
    return sum(number for number, _ in found), max((seconds for _, seconds in found), default=0)


def _send_link(user, request):
    return invite(user, request=request)


def _forget_misses(user, request):
    for text in misses_of(user.get_username()):
        delay.forgive(text, using=DEFAULT_DB_ALIAS)


def _deactivate(user, request):
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])


def _reactivate(user, request):
    user.is_active = True
    user.save(update_fields=["is_active"])
    return invite(user, request=request)


STEPS = [
    AccountStep(
        "lien",
        gettext_lazy("Nouveau lien de mot de passe…"),
        gettext_lazy(
            "Le mot de passe d’aujourd’hui ne servira plus, et les connexions ouvertes se "
            "fermeront aussitôt. La personne en choisit un autre par un lien, qui sert une fois, "
            "pendant trois jours."
        ),
        gettext_lazy("Un lien de mot de passe a été donné."),
        rights.may_give_access,
        lambda user: user.is_active,
        _send_link,
        gettext_lazy("un lien pour choisir un mot de passe a été donné"),
    ),
    AccountStep(
        "deblocage",
        gettext_lazy("Lever l’attente…"),
        gettext_lazy("Les mots de passe et codes faux de la dernière heure seront oubliés."),
        gettext_lazy("Ce compte peut se connecter sans attendre."),
        lambda by, user: rights.may_lift_waits(by) and rights.may_change_account(by, user),
        lambda user: misses(user)[0] > 0,
        _forget_misses,
    ),
    AccountStep(
        "second-facteur",
        gettext_lazy("Remettre à zéro le second facteur…"),
        gettext_lazy(
            "L’application de codes, les clés d’accès et les codes de secours sont oubliés, et les "
            "connexions ouvertes se ferment. Le mot de passe suffit à la prochaine connexion, où "
            "la personne en choisit un autre. Assurez-vous d’abord que c’est bien elle qui le "
            "demande."
        ),
        gettext_lazy("Second facteur remis à zéro."),
        rights.may_give_access,
        has_second_factor,
        lambda user, request: reset_second_factor(user, by=request.user),
        gettext_lazy("le second facteur a été remis à zéro"),
        signs=True,
    ),
    AccountStep(
        "detachement",
        gettext_lazy("Détacher de l’identité…"),
        gettext_lazy(
            "Ce compte ne s’ouvrira plus par cette identité, et les connexions ouvertes se "
            "fermeront. La prochaine qui viendra avec l’adresse électronique du compte lui sera "
            "rattachée : vérifiez d’abord cette adresse."
        ),
        gettext_lazy("Le compte est détaché de son identité."),
        rights.may_give_access,
        is_tied,
        lambda user, request: untie(user, by=request.user),
        gettext_lazy("le compte a été détaché de l’identité par laquelle il s’ouvrait"),
        signs=True,
    ),
    AccountStep(
        "desactivation",
        gettext_lazy("Désactiver le compte…"),
        gettext_lazy(
            "La personne ne pourra plus se connecter, et ses connexions ouvertes se fermeront "
            "aussitôt. Ce qu’elle a fait reste signé de son nom."
        ),
        gettext_lazy("Le compte est désactivé."),
        rights.may_give_access,
        lambda user: user.is_active,
        _deactivate,
        gettext_lazy("le compte a été désactivé"),
    ),
    AccountStep(
        "reactivation",
        gettext_lazy("Réactiver le compte…"),
        gettext_lazy("La personne reprend ses droits, avec un nouveau mot de passe, par un lien."),
        gettext_lazy("Le compte est réactivé."),
        rights.may_give_access,
        lambda user: not user.is_active,
        _reactivate,
        gettext_lazy("le compte a été réactivé"),
    ),
]


def open_to(by, user):
    """Return the steps that `by` may take for the account `user`, and that have something to do."""
    return [step for step in STEPS if step.may(by, user) and step.fits(user)]


def urls():
    """Return the routes of the steps, below those of the accounts."""
    return [
        path(f"<int:pk>/{step.slug}/", _page(step), name=f"auth_user_{step.slug}") for step in STEPS
    ]


def _page(step):
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request, pk):
        return _take(step, request, pk) if request.method == "POST" else _ask(step, request, pk)

    return admin.site.admin_view(view)


def _user(step, request, pk):
    user = get_object_or_404(User, pk=pk)
    if not step.may(request.user, user):
        raise PermissionDenied
    return user


def _ask(step, request, pk):
    user = _user(step, request, pk)
    context = {"title": str(step.label).rstrip("…"), "step": step, "account": user}
    return _shown(request, "step", context)


@transaction.atomic
def _take(step, request, pk):
    """Take the step once for each time that there is something to do."""
    hold(request.user)
    user = _user(step, request, pk)
    if not step.fits(user):
        messages.info(request, _("Il n’y a rien à faire : c’est déjà ainsi."))
        return redirect("admin:auth_user_change", user.pk)
    link = step.act(user, request)
    if not step.signs:
        signed(request.user, user, step.done)
    if step.told and notices.is_watched(user):
        notices.tell(user, step.told, by=request.user)
    if link:
        return show_link(request, user, link)
    messages.success(request, step.done)
    return redirect("admin:auth_user_change", user.pk)


def signed(by, user, what):
    """Write into the history of an account what was done, and by whom."""
    LogEntry.objects.log_actions(
        by.pk, [user], CHANGE, change_message=str(what), single_object=True
    )


def show_link(request, user, link):
    """Return the page that shows a link to choose a password, this once."""
    context = {"title": _("Lien à donner à la personne"), "account": user, "link": link}
    return _shown(request, "link", context)


def _shown(request, name, context):
    around = admin.site.each_context(request) | {"opts": User._meta}
    return TemplateResponse(request, f"admin/auth/user/{name}.html", around | context)
