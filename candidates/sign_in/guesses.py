"""Guesses at the password and the one-time code of an account: each counts, and misses wait.

`candidates.identification.delay` says how long. No password is hashed and no code compared before
the wait is over.
"""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import ngettext

from candidates import alarm
from candidates.identification.delay import Guess
from candidates.identification.throttle import Throttle, address_block
from candidates.sign_in import known_browser

WAIT = "wait"  # code of the error that a guess comes too early


def account_of(name):
    """Return the text that stands for an account, however its name is typed."""
    return name.casefold()


def misses_of(name):
    """Return the texts under which strangers' wrong passwords and codes for `name` are counted."""
    return [_password_of(name), _code_of(name)]


def misses_from(block):
    """Return the text under which strangers' wrong guesses from a network are counted."""
    return f"password from\n{block}"


def at_password(request, name):
    """Return the context of one guess at the password of `name`: see `_counted`."""
    return _counted(request, name, _password_of(name))


def at_code(request, name):
    """Return the context of one guess at a one-time or recovery code of `name`: see `_counted`."""
    return _counted(request, name, _code_of(name))


def seconds_to_wait(form):
    """Return the seconds before a form with a guess may be sent again: 0 if it may be at once."""
    errors = (error for found in form.errors.as_data().values() for error in found)
    return max((error.params["seconds"] for error in errors if error.code == WAIT), default=0)


def _password_of(name):
    return f"password\n{account_of(name)}"


def _code_of(name):
    return f"code\n{account_of(name)}"


@contextmanager
def _counted(request, name, own):
    """Count what is tried within as a miss at `own`, unless it ends without `ValidationError`.

    Raise ValidationError with the code `WAIT` if it comes too early, before anything is tried.
    """
    guess = _guess(request, name, own)
    if seconds := guess.begin():
        raise ValidationError(_too_many_misses(seconds), code=WAIT, params={"seconds": seconds})
    try:
        yield
    except ValidationError:
        Throttle({}, alarm.SIGN_IN).count_failure()
        raise
    guess.succeed()


def _guess(request, name, own):
    """Return the guess under `own`: under the browser's key too, if this browser has one.

    Else for all strangers together, and under the network that it comes from: an IPv4 /24, or an
    IPv6 /56 and so each /64 within.
    """
    key = known_browser.key_of(request, account_of(name))
    if key:
        return Guess(f"{own}\n{key}", using=DEFAULT_DB_ALIAS)
    network = misses_from(address_block(request))
    return Guess(own, network, using=DEFAULT_DB_ALIAS)


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
