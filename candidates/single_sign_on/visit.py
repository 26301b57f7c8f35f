"""What the session of who came by the provider keeps: how to sign out there.

Who signs in by password next in the same browser inherits nothing of it.
"""

from urllib.parse import urlencode

from allauth.mfa.stages import AuthenticateStage
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string

from candidates.sign_in.second_factor import ASKED_ELSEWHERE
from candidates.single_sign_on.provider import RANDOM_LENGTH

_HERE, _LEFT = "single_sign_on", "single_sign_on_left"


class SecondFactorStage(AuthenticateStage):
    """Demand of the second factor, after the provider's sign-in as after a password.

    It is left out if the provider says that it asked one: its level is one of `OIDC_ACR`.
    """

    def _should_handle(self, request):
        login = (self.login.signal_kwargs or {}).get("sociallogin")
        asked = login is not None and login.state.get("second_factor") is True
        return not asked and super()._should_handle(request)


def begin(request, login):
    """Keep in the session what is needed of a SocialLogin that has just signed in, or of None."""
    request.session.pop(_HERE, None)
    request.session.pop(ASKED_ELSEWHERE, None)
    if login is not None:
        request.session[_HERE] = {name: login.state.get(name) for name in ("id_token", "end")}
        request.session[ASKED_ELSEWHERE] = login.state.get("second_factor") is True


def page_after(request):
    """Return the page that follows on signing out: who came by the provider may leave it too."""
    left = request.session.get(_HERE, {}).get("end")
    return reverse("single_sign_on_leave" if left else "account_login")


def end(request, log_out):
    """Sign out by `log_out(request)`, which empties the session; keep how to leave the provider."""
    here = request.session.get(_HERE)
    log_out(request)
    if here and here["end"]:
        request.session[_LEFT] = here | {"state": get_random_string(RANDOM_LENGTH)}


def address_to_leave(request):
    """Return the provider's address that signs out there, or None if there is nothing to leave."""
    if not (left := request.session.get(_LEFT)):
        return None
    back = request.build_absolute_uri(reverse("single_sign_on_left"))
    asked = {
        "id_token_hint": left["id_token"],
        "state": left["state"],
        "post_logout_redirect_uri": back,
    }
    return f"{left['end']}{'&' if '?' in left['end'] else '?'}{urlencode(asked)}"


def has_left(request, state):
    """Return whether somebody comes back from signing out at the provider, which is then over."""
    left = request.session.get(_LEFT)
    if not left or not constant_time_compare(left["state"], state):
        return False
    del request.session[_LEFT]
    return True
