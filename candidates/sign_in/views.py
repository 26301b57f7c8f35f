"""Views of django-allauth in the look of the staff's pages."""

from functools import wraps

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from candidates.sign_in import guesses
from candidates.sign_in.forms import NewPasswordForm
from candidates.sign_in.homes import allowed_home
from results_portal.web.unavailable import come_back_in


class SignInView(account.LoginView):
    """Page of name and password. Who is signed in goes to their first page."""

    def get_authenticated_redirect_url(self):
        return allowed_home(self.request.user, self.get_next_url()) or reverse("account_logout")


@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class ChangePasswordView(account.PasswordChangeView):
    """Page of a new password, for who has just shown who they are."""

    form_class = NewPasswordForm


def in_look_of_staff(view):
    """Return a view whose pages have what the staff's pages show around what they are about.

    A form whose guess came too early is answered with 429.
    """

    @wraps(view)
    def page(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if not isinstance(response, TemplateResponse) or response.is_rendered:
            return response
        around = admin.site.each_context(request) | {"is_nav_sidebar_enabled": False}
        shown = response.context_data = around | (response.context_data or {})
        form = shown.get("form")
        if form is not None and form.is_bound and (wait := guesses.seconds_to_wait(form)):
            return come_back_in(response, seconds=wait)
        return response

    return page


def _page(view, template, title):
    template_name = f"admin/sign_in/{template}.html"
    return in_look_of_staff(
        view.as_view(template_name=template_name, extra_context={"title": title})
    )


_AGAIN = _("Confirmez que c’est vous")

sign_in = _page(SignInView, "sign_in", _("Connexion"))
sign_out = _page(account.LogoutView, "sign_out", _("Déconnexion"))
password_again = _page(account.ReauthenticateView, "password_again", _AGAIN)
change_password = _page(ChangePasswordView, "change_password", _("Changer de mot de passe"))
code = _page(mfa.AuthenticateView, "code", _("Second facteur"))
code_again = _page(mfa.ReauthenticateView, "code_again", _AGAIN)
