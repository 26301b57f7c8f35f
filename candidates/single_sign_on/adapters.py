"""Adapters by which django-allauth signs in by the provider as this portal allows it."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.utils.crypto import get_random_string

from candidates.sign_in.adapters import AccountAdapter
from candidates.single_sign_on import provider as provider_of_staff
from candidates.single_sign_on import refusals, visit
from candidates.single_sign_on.identities import account_of

_OWN_STAGES = {
    "allauth.mfa.stages.AuthenticateStage": "candidates.single_sign_on.visit.SecondFactorStage"
}


class StaffAccountAdapter(AccountAdapter):
    """Sign-in of accounts, with what follows from coming by the provider."""

    def get_login_stages(self):
        return [_OWN_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def post_login(self, request, user, *, signal_kwargs=None, **kwargs):
        visit.begin(request, (signal_kwargs or {}).get("sociallogin"))
        return super().post_login(request, user, signal_kwargs=signal_kwargs, **kwargs)

    def get_logout_redirect_url(self, request):
        return visit.page_after(request)

    def logout(self, request):
        visit.end(request, super().logout)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Sign-in by one provider, of accounts that exist. Nothing of it makes an account."""

    def list_apps(self, request, provider=None, client_id=None):
        return [provider_of_staff.client()] if provider_of_staff.is_on() else []

    def generate_state_param(self, state):
        return get_random_string(provider_of_staff.RANDOM_LENGTH)

    def get_requests_session(self):
        session = super().get_requests_session()
        session.max_redirects = 0  # what the provider publishes is where it answers
        return session

    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Lead to the account that the identity opens, or say that it opens none."""
        sociallogin.token = None  # never kept, not even while a second factor is asked for
        user = account_of(sociallogin.account)
        if user is None:
            raise ImmediateHttpResponse(refusals.unknown_person(request))
        sociallogin.user = user

    def on_authentication_error(self, request, provider, error=None, exception=None, **_context):
        if exception is None:
            raise ImmediateHttpResponse(refusals.unfinished(request))
        raise ImmediateHttpResponse(refusals.unavailable(request, exception))
