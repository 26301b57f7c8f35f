"""Second factor of an account: whether it has one, whether it must, its reset by somebody else."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

FACTORS = [
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
]  # a recovery code stands in for one
ASKED_ELSEWHERE = "second_factor_asked_elsewhere"  # True in the session of whom a provider asked


def has_second_factor(user):
    """Whether an account has an application of codes or a passkey."""
    return get_adapter().is_mfa_enabled(user, FACTORS)


def is_missing(request):
    """Whether who is signed in must first choose a second factor: not if a provider asked one."""
    if not settings.STAFF_MFA or not request.user.is_authenticated:
        return False
    return not request.session.get(ASKED_ELSEWHERE) and not has_second_factor(request.user)


@transaction.atomic
def reset_second_factor(user, *, by):
    """Forget all second factors and recovery codes of `user`, and sign them out everywhere.

    Their password alone signs in next, and where second factors are required they choose one
    then. The history of the account says that the user `by` did it.
    """
    Authenticator.objects.filter(user=user).delete()
    sign_out_everywhere(user)
    LogEntry.objects.log_actions(
        by.pk, [user], CHANGE, _("Second facteur remis à zéro."), single_object=True
    )


def sign_out_everywhere(user):
    """End every session of `user`. Sessions name nobody: those that are not over are read."""
    for session in Session.objects.filter(expire_date__gt=Now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
