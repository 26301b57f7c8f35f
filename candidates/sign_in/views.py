"""Views of django-allauth in the look of the staff's pages."""

from functools import wraps

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from candidates.sign_in import guesses
from candidates.sign_in.forms import NewPasswordForm
from candidates.sign_in.homes import allowed_home, home_of
from candidates.sign_in.second_factor import is_missing
from results_portal.web.unavailable import come_back_in

CHALLENGE_SECONDS = 300  # within which a passkey that signs in alone must answer


class SignInView(account.LoginView):
    """Page of name and password. Who is signed in goes to their first page."""

    def get_authenticated_redirect_url(self):
        return allowed_home(self.request.user, self.get_next_url()) or reverse("account_logout")


@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class ChangePasswordView(account.PasswordChangeView):
    """Page of a new password, for who has just shown who they are."""

    form_class = NewPasswordForm


class AddPasskeyView(webauthn.AddWebAuthnView):
    """Page of a new passkey, which is asked to be one that signs in alone."""

    def get_context_data(self, **kwargs):
        shown = super().get_context_data(**kwargs)
        return shown | {
            "js_data": {"creation_options": auth.begin_registration(self.request.user, True)}
        }


class PasskeyAloneView(webauthn.LoginWebAuthnView):
    """Address where scripts fetch what a passkey signs, and send it: a short session of anybody."""

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        request.session.set_expiry(CHALLENGE_SECONDS)
        return response


def in_look_of_staff(view):
    """Return a view whose pages have what the staff's pages show around what they are about.

    Their templates have `home`, the address of one's first page, and `must_choose`: whether a
    second factor is required and missing. A form whose guess came too early is answered with 429.
    """

    @wraps(view)
    def page(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if not isinstance(response, TemplateResponse) or response.is_rendered:
            return response
        shown = response.context_data = _around(request) | (response.context_data or {})
        form = shown.get("form")
        if form is not None and form.is_bound and (wait := guesses.seconds_to_wait(form)):
            return come_back_in(response, seconds=wait)
        return response

    return page


def _around(request):
    around = admin.site.each_context(request) | {"is_nav_sidebar_enabled": False}
    if request.user.is_authenticated:
        must_choose = is_missing(request)
        around |= {"home": home_of(request.user), "must_choose": must_choose}
        around["has_permission"] = around.get("has_permission") and not must_choose
    return around


def _page(view, template, title):
    template_name = f"admin/sign_in/{template}.html"
    return in_look_of_staff(
        view.as_view(template_name=template_name, extra_context={"title": title})
    )


_AGAIN = _("Confirmez que c’est vous")

sign_in = _page(SignInView, "sign_in", _("Connexion"))
sign_out = _page(account.LogoutView, "sign_out", _("Déconnexion"))
code = _page(mfa.AuthenticateView, "code", _("Second facteur"))
passkey_alone = in_look_of_staff(PasskeyAloneView.as_view())

password_again = _page(account.ReauthenticateView, "password_again", _AGAIN)
code_again = _page(mfa.ReauthenticateView, "code_again", _AGAIN)
passkey_again = _page(webauthn.ReauthenticateWebAuthnView, "passkey_again", _AGAIN)

own_account = _page(mfa.IndexView, "own_account", _("Mon compte"))
change_password = _page(ChangePasswordView, "change_password", _("Changer de mot de passe"))
add_codes = _page(totp.ActivateTOTPView, "add_codes", _("Application de codes"))
remove_codes = _page(totp.DeactivateTOTPView, "remove", _("Retirer l’application de codes"))
add_passkey = _page(AddPasskeyView, "add_passkey", _("Nouvelle clé d’accès"))
name_passkey = _page(webauthn.EditWebAuthnView, "name_passkey", _("Renommer une clé d’accès"))
remove_passkey = _page(webauthn.RemoveWebAuthnView, "remove", _("Retirer une clé d’accès"))
show_recovery_codes = _page(
    recovery_codes.ViewRecoveryCodesView, "recovery_codes", _("Codes de secours")
)
make_recovery_codes = _page(
    recovery_codes.GenerateRecoveryCodesView,
    "make_recovery_codes",
    _("Faire de nouveaux codes de secours"),
)
