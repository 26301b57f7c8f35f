"""Pages of sign-in by the provider: its start, the way back, and signing out there too."""

from functools import wraps

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from candidates.sign_in.homes import allowed_home
from candidates.sign_in.views import in_look_of_staff
from candidates.single_sign_on import provider, refusals, visit
from candidates.single_sign_on.answers import Answers, origin_of
from results_portal.web.middleware import CONTENT_SECURITY_POLICY


def for_strangers(view):
    """Return a view that is there where a provider is, for who has not signed in yet.

    Who has goes to their first page: nobody changes an account for another unseen.
    """

    @never_cache
    @in_look_of_staff
    @wraps(view)
    def page(request):
        if not provider.is_on():
            raise Http404
        if request.user.is_authenticated:
            return redirect(allowed_home(request.user, None) or "account_logout")
        try:
            return view(request)
        except OAuth2Error as error:
            return refusals.unavailable(request, error)

    return page


@for_strangers
@require_http_methods(["GET", "POST"])
def start(request):
    """Page with the button that leads to the provider. Its forms alone may lead there."""
    if request.method == "POST":
        known = get_adapter().get_provider(request, settings.OIDC_ISSUER)
        return known.redirect_from_request(request)
    shown = {
        "title": _("Connexion avec %(provider)s") % {"provider": settings.OIDC_NAME},
        "provider": settings.OIDC_NAME,
        "next": get_next_redirect_url(request),
    }
    response = TemplateResponse(request, "admin/single_sign_on/start.html", shown)
    own = "form-action 'self'"
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        own, f"{own} {origin_of(settings.OIDC_ISSUER)}"
    )
    return response


class ReturnView(OAuth2CallbackView):
    """The way back from the provider, with a code for what it knows. It serves once."""

    def _get_state(self, request, provider):
        self.adapter.state, refused = super()._get_state(request, provider)
        return self.adapter.state, refused


@for_strangers
@require_GET
def come_back(request):
    """Sign in who comes back from the provider, or say why not."""
    try:
        return ReturnView.adapter_view(Answers(request, settings.OIDC_ISSUER))(request)
    except ImmediateHttpResponse as refused:
        return refused.response


@never_cache
@in_look_of_staff
@require_GET
def leave(request):
    """Page that offers to sign out at the provider too, for who has just signed out here."""
    if not (address := visit.address_to_leave(request)):
        return redirect("account_login")
    shown = {"title": _("Vous êtes déconnecté"), "provider": settings.OIDC_NAME, "address": address}
    return TemplateResponse(request, "admin/single_sign_on/leave.html", shown)


@never_cache
@require_GET
def left(request):
    """Say that they have signed out to who comes back from signing out at the provider."""
    if visit.has_left(request, request.GET.get("state", "")):
        text = _("Vous êtes déconnecté, ici et chez %(provider)s.")
        messages.success(request, text % {"provider": settings.OIDC_NAME})
    return redirect("account_login")
