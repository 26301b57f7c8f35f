"""Second factors of the staff, as their own application would make them."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_code(user, secret=SECRET):
    """Give an account an application of one-time codes, and recovery codes; return these."""
    TOTP.activate(user, secret)
    return RecoveryCodes.activate(user).generate_codes()


def code_of(secret=SECRET, *, steps=0):
    """Return the code that the application shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def has_second_factor(user):
    return Authenticator.objects.filter(user=user).exists()
