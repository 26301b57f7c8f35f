"""Middleware that asks for a second factor where the office requires one (`STAFF_MFA`)."""

from django.shortcuts import redirect
from django.urls import reverse

from candidates.sign_in.second_factor import is_missing
from results_portal.web.middleware import staff_only

# All that an account may do before it has one.
BEFORE = (
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
)


class _SecondFactorMiddleware:
    """Middleware that leads who lacks a second factor to choose one, whatever they ask or send."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_missing(request) and request.path_info not in map(reverse, BEFORE):
            return redirect("mfa_index")
        return self.get_response(request)


SecondFactorMiddleware = staff_only(_SecondFactorMiddleware)
