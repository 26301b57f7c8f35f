"""Adapters by which django-allauth has the throttle, the words and the keys of this portal."""

import io
import time

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.sign_in import encryption, guesses, known_browser
from candidates.sign_in.homes import allowed_home, home_of

ERRORS = {
    "incorrect_code": gettext_lazy("Ce code est faux, ou il a déjà servi."),
    "incorrect_password": gettext_lazy("Ce mot de passe est faux."),
    "username_password_mismatch": gettext_lazy(
        "Le nom d’utilisateur ou le mot de passe est faux. Les majuscules comptent dans le mot de "
        "passe."
    ),
    "cannot_generate_recovery_codes": gettext_lazy(
        "Choisissez d’abord un second facteur : les codes de secours le remplacent."
    ),
}

# What allauth tells after a change, by the name of the template that it would look for.
DONE = {
    "account/messages/password_changed.txt": gettext_lazy("Votre mot de passe est changé."),
    "mfa/messages/totp_activated.txt": gettext_lazy(
        "L’application de codes est enregistrée : elle sera demandée à chaque connexion."
    ),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("L’application de codes est retirée."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("La clé d’accès est enregistrée."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("La clé d’accès est retirée."),
}

KNOWN_BY = "known_by"  # digest of the password in a session that is on its way in

# How who is signed in shows again who they are, by allauth's names.
WAYS = {
    "reauthenticate": gettext_lazy("Taper votre mot de passe"),
    "mfa_reauthenticate": gettext_lazy("Taper un code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Présenter une clé d’accès"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by password, under the throttle, of accounts that have a first page here."""

    error_messages = DefaultAccountAdapter.error_messages | ERRORS

    def authenticate(self, request, **credentials):
        """Return the user of a name and a password, or None.

        Raise ValidationError if the guess comes too early, before the password is hashed.
        """
        try:
            with guesses.at_password(request, credentials["username"]):
                user = authenticate(request, **credentials)
                if user is None or home_of(user) is None:
                    raise self.validation_error("username_password_mismatch")
        except ValidationError as error:
            if error.code == guesses.WAIT:
                raise
            return None
        return user

    def pre_login(self, request, user, **kwargs):
        refused = super().pre_login(request, user, **kwargs)
        if refused is None and home_of(user) is None:
            return self.respond_user_inactive(request, user)
        request.session[KNOWN_BY] = user.get_session_auth_hash()
        return refused

    def login(self, request, user):
        """Sign in, unless the password has changed while a second factor was asked for."""
        if request.session.pop(KNOWN_BY, None) != user.get_session_auth_hash():
            clear_login(request)
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def is_safe_url(self, url):
        try:
            return super().is_safe_url(url)
        except ValueError:  # not an address at all
            return False

    def post_login(self, request, user, *, redirect_url, **kwargs):
        leads_to = allowed_home(user, redirect_url or get_next_redirect_url(request))
        response = super().post_login(request, user, redirect_url=leads_to, **kwargs)
        request.session.set_expiry(0)  # it ends with the browser
        request.session.clear_expired()
        encryption.renew(user)
        known_browser.remember(response, request, guesses.account_of(user.get_username()))
        return response

    def respond_user_inactive(self, request, user):
        messages.error(request, _("Ce compte ne permet pas d’entrer dans la gestion."))
        return redirect("account_login")

    def get_login_redirect_url(self, request):
        return home_of(request.user) or reverse("account_logout")

    def get_logout_redirect_url(self, request):
        return reverse("account_login")

    def get_password_change_redirect_url(self, request):
        return self.get_login_redirect_url(request)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Return whether who is signed in must show again who they are: not right after sign-in."""
        records = get_authentication_records(context.request, context.request.user)
        return not any(time.time() - record["at"] < REAUTHENTICATION_TIMEOUT for record in records)

    def get_reauthentication_methods(self, user):
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def add_message(self, request, level, message_template=None, *args, message=None, **kwargs):
        if text := message or DONE.get(message_template):
            messages.add_message(request, level, text)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their words, their picture, and their secrets encrypted in the database."""

    error_messages = DefaultMFAAdapter.error_messages | ERRORS

    def get_totp_issuer(self):
        return settings.SITE_NAME

    def _get_user_identifier(self, user):
        return user.get_username()

    def _get_site_name(self):
        return settings.SITE_NAME

    def generate_authenticator_name(self, user, type):
        return _("Clé du %(day)s") % {"day": localdate().strftime("%d/%m/%Y")}

    def build_totp_svg(self, url):
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", xmldecl=False, scale=4)
        return picture.getvalue().decode()

    def encrypt(self, text):
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text):
        """Return a secret; lead to the first page, and say so, if no key in use opens it."""
        try:
            return encryption.decrypt(encrypted_text)
        except encryption.UnreadableSecretError:
            text = _(
                "Votre second facteur ne peut plus être vérifié. Demandez à l’administrateur du "
                "service de le remettre à zéro."
            )
            messages.error(context.request, text)
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login"))) from None
