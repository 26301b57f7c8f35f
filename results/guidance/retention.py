"""How long each kind of data is kept, as the page on personal data says: what the code obeys."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.civil_status.requests import PROOF_KEPT
from candidates.identification import throttle

Period = tuple[str, str]


def periods() -> list[Period]:
    """Return each kind of data with the time for which it is kept, in words."""
    session = _("%(years)s après la fin de la session") % {"years": _years()}
    decision = _("%(days)s après la décision") % {"days": _days(PROOF_KEPT.days)}
    return [
        (_("Inscription, notes, décisions du jury, résultats, relevés"), session),
        (
            _("Noms, naissance, adresse, courriel"),
            _("%(period)s ; la dernière, si vous en avez passé plusieurs") % {"period": session},
        ),
        (_("Changements d’adresse, accord de publication, choix des courriels"), session),
        (_("Demandes que vous nous faites, et courriels que nous vous écrivons"), session),
        (_("Pièces jointes à une demande sur l’état civil"), decision),
        (_("Chemin du diplôme, attestations, heures de vérification"), session),
        (_("Demande d’attestation pour une session plus ancienne, avec ses pièces"), decision),
        (
            _("Attestation délivrée pour une session plus ancienne"),
            _("%(years)s après sa délivrance") % {"years": _years()},
        ),
        (_("Histoire des changements : quoi, quand, par qui, pourquoi"), session),
        (
            _("Copies d’examen, que le service garde hors de ce site"),
            _("un an après la publication des résultats"),
        ),
        (
            _("Essais d’identification manqués, sous une empreinte qui ne nomme personne"),
            _minutes(throttle.PERSON_FROM_BLOCK.window.seconds // 60),
        ),
        (_("Journal technique du site, sans nom ni numéro"), _days(settings.LOGS_KEPT_DAYS)),
        (
            _("Sauvegardes du site"),
            _("%(days)s : ce qui est effacé du site y reste ce temps-là")
            % {"days": _days(settings.BACKUPS_KEPT_DAYS)},
        ),
    ]


def _years() -> str:
    years = settings.RETENTION_YEARS
    return ngettext("%(n)s an", "%(n)s ans", years) % {"n": years}


def _days(days: int) -> str:
    return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}


def _minutes(minutes: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
