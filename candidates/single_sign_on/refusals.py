"""Pages for who comes by the provider and does not get in. Each leads to the password."""

import logging

from django.conf import settings
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from candidates.single_sign_on.answers import NotBelieved

logger = logging.getLogger(__name__)


def unknown_person(request):
    """Return the page for who has no account to enter here. It does not tell for which reason."""
    text = _(
        "%(provider)s vous a reconnu, mais votre identité n’ouvre aucun compte de la gestion. "
        "Demandez à l’administrateur des comptes, dans votre service, si votre compte existe et "
        "porte l’adresse électronique que connaît %(provider)s."
    )
    return _page(request, _("Aucun compte ne s’ouvre"), text, status=403)


def unfinished(request):
    """Return the page for who comes back without having signed in, too late, or twice."""
    text = _(
        "La connexion avec %(provider)s n’a pas abouti. Recommencez depuis la page de connexion."
    )
    return _page(request, _("Connexion inachevée"), text, status=400)


def unavailable(request, error):
    """Return the page for when the provider is away, or answers what cannot be believed.

    The log says what was wrong with the answer, and quotes nothing of it.
    """
    reason = error if isinstance(error, NotBelieved) else type(error).__name__
    logger.warning("the provider of sign-in is not believed: %s", reason)
    text = _(
        "%(provider)s ne répond pas, ou pas comme il le doit. Réessayez dans quelques minutes, ou "
        "entrez avec votre mot de passe."
    )
    return _page(request, _("Connexion impossible pour le moment"), text, status=503)


def _page(request, title, text, *, status):
    shown = {"title": title, "text": text % {"provider": settings.OIDC_NAME}}
    template = "admin/single_sign_on/refused.html"
    return TemplateResponse(request, template, shown, status=status)
