"""Sign-in of the office's staff: each guess at a password counts, and misses make the next wait."""

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpResponseRedirect
from django.utils.translation import ngettext

from candidates import alarm
from candidates.admin import known_browser, rights
from candidates.identification.delay import Guess
from candidates.identification.throttle import Throttle, address_block
from results_portal import links
from results_portal.web.unavailable import come_back_in


class SignInForm(AdminAuthenticationForm):
    """Form of name and password; `wait` is the number of seconds before it may be sent again."""

    wait = 0

    def clean(self):
        name, password = (self.cleaned_data.get(field) for field in ("username", "password"))
        if not (name and password):
            return super().clean()
        guess = _guess(self.request, name)
        self.wait = guess.begin()
        if self.wait:
            raise ValidationError(_too_many_misses(self.wait), code="wait")
        try:
            cleaned = super().clean()
        except ValidationError:
            Throttle({}, alarm.SIGN_IN).count_failure()
            raise
        guess.succeed()
        return cleaned

    def confirm_login_allowed(self, user):
        if not rights.may_read_own_pupils(user):
            super().confirm_login_allowed(user)


def sign_in(request):
    """Page `admin:login`, with `SignInForm`; the head of a school goes on to their own pages."""
    response = admin.site.login(request)
    if request.user.is_active and not request.user.is_staff:
        response = _to_own_pupils(request, response)
    form = (getattr(response, "context_data", None) or {}).get("form")
    if form is not None and form.wait:
        return come_back_in(response, seconds=form.wait)
    if request.method == "POST" and form is None:
        known_browser.remember(response, request, account_of(request.user.get_username()))
    return response


def _to_own_pupils(request, response):
    """Return the answer to a school's head: never one that leads to the admin."""
    own, leads_to = links.url("own_pupils"), response.get("Location", "")
    if leads_to.startswith(own) or not rights.may_read_own_pupils(request.user):
        return response
    return HttpResponseRedirect(own)


def account_of(name):
    """Return the text that stands for an account, however its name is typed."""
    return name.casefold()


def misses_of(name):
    """Return the text under which strangers' wrong passwords for `name` are counted."""
    return f"password\n{account_of(name)}"


def misses_from(block):
    """Return the text under which strangers' wrong passwords from a network are counted."""
    return f"password from\n{block}"


def _guess(request, name):
    """Return the guess at the password of `name`: under the browser's key, if it has one.

    Else under the name, for all strangers together, and under the network that it comes from: an
    IPv4 /24, or an IPv6 /56 and so each /64 within.
    """
    key = known_browser.key_of(request, account_of(name))
    if key:
        return Guess(f"{misses_of(name)}\n{key}", using=DEFAULT_DB_ALIAS)
    network = misses_from(address_block(request))
    return Guess(misses_of(name), network, using=DEFAULT_DB_ALIAS)


def _too_many_misses(seconds):
    if seconds <= 90:
        text = ngettext(
            "Trop d’essais manqués. Attendez encore %(n)s seconde, puis recommencez.",
            "Trop d’essais manqués. Attendez encore %(n)s secondes, puis recommencez.",
            seconds,
        )
        return text % {"n": seconds}
    minutes = -(-seconds // 60)
    text = ngettext(
        "Trop d’essais manqués. Attendez encore %(n)s minute, puis recommencez.",
        "Trop d’essais manqués. Attendez encore %(n)s minutes, puis recommencez.",
        minutes,
    )
    return text % {"n": minutes}


admin.site.login_form = SignInForm
