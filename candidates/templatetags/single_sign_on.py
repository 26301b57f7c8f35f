"""Tag that offers sign-in by the provider, where there is one."""

from allauth.account.utils import get_next_redirect_url
from django import template
from django.conf import settings

from candidates.single_sign_on import provider

register = template.Library()


@register.inclusion_tag("admin/single_sign_on/offer.html", takes_context=True)
def single_sign_on_offer(context):
    """Show the way to the provider, which keeps in mind the page that was asked for."""
    if not provider.is_on():
        return {"provider": ""}
    return {"provider": settings.OIDC_NAME, "next": get_next_redirect_url(context["request"])}
