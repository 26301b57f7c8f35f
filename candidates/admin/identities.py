"""Identities of the provider of sign-in, in the admin: none is read or written one by one."""

from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin

from candidates.single_sign_on.identities import identity_of

admin.site.unregister([SocialAccount, SocialApp, SocialToken])


def in_words(user):
    """Return the identity that opens an account, in words: the provider, and the e-mail there."""
    tied = identity_of(user) if user.pk else None
    return f"{settings.OIDC_NAME} ({tied.extra_data['email']})" if tied else "–"
