"""Which account an identity of the provider opens: one that the administrator has made.

An identity is the provider and its name for a person there (`sub`). The first time, the e-mail
leads to the account; from then on the identity alone does, whatever becomes of the e-mail.
"""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from candidates.sign_in.homes import home_of
from candidates.sign_in.second_factor import sign_out_everywhere


@transaction.atomic
def account_of(identity: SocialAccount) -> User | None:
    """Return the account that an identity opens, or None.

    `identity` is a stored one, or a new one, which is stored if its e-mail leads to an account. It
    opens no account of a superuser, and none that is inactive or has nothing to do here.
    """
    user = identity.user if identity.pk else _account_with(identity.extra_data["email"])
    if user is None or not user.is_active or user.is_superuser or home_of(user) is None:
        return None
    if not identity.pk:
        identity.user = user
        identity.save()
        _write_down(user, user, _("Rattaché à une identité de %(provider)s."))
    return user


def identity_of(user: User) -> SocialAccount | None:
    """Return the identity of the present provider that an account is tied to, or None."""
    return SocialAccount.objects.filter(user=user, provider=settings.OIDC_ISSUER).first()


def is_tied(user: User) -> bool:
    """Whether an account is tied to an identity, be it of a former provider."""
    return SocialAccount.objects.filter(user=user).exists()


@transaction.atomic
def untie(user: User, *, by: User) -> None:
    """Forget the identity of an account, and sign them out everywhere.

    By e-mail, the next identity to come is tied to it. The history of the account says that the
    user `by` did it.
    """
    deleted, _models = SocialAccount.objects.filter(user=user).delete()
    if deleted:
        sign_out_everywhere(user)
        _write_down(user, by, _("Détaché de son identité de %(provider)s."))


def _account_with(email):
    """Return the one account that has this e-mail and is tied to nobody yet, locked; or None.

    An e-mail that is not plain ASCII leads to none: letters that only look alike, or that the
    database takes for the same once in capitals, belong to another mailbox.
    """
    if not isinstance(email, str) or not email.strip() or not email.isascii():
        return None
    found = list(User.objects.select_for_update().filter(email__iexact=email)[:2])
    return found[0] if len(found) == 1 and identity_of(found[0]) is None else None


def _write_down(user, by, text):
    text %= {"provider": settings.OIDC_NAME}
    LogEntry.objects.log_actions(by.pk, [user], CHANGE, text, single_object=True)
