"""Proofs that candidates upload: told by content, not by name, and kept as pictures.

A file is opened in a process of its own (`results_portal.uploads`), which makes a picture of each
page; the pictures are stored under a random name, at no URL of the site, and the file itself is
not kept: whatever it would do when opened, it does to nobody. Staff see the pictures.
"""

import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from candidates.identification.throttle import Limit, Throttle
from candidates.models.requests import PICTURES, IdentityRequest
from results_portal.uploads import sandbox
from results_portal.uploads.picture_maker import MOST_PAGES, Refusal

LARGEST = 10 * 1024 * 1024  # bytes: a photograph of a telephone, as it is
MOST_SENT = 40 * 1024 * 1024  # bytes of a form, of which the page then says that it is too long
OPENED = Limit(30, datetime.timedelta(hours=1))

_PDF, _JPEG, _PNG = IdentityRequest.ProofType
_BEGINNINGS = {b"%PDF-": _PDF, b"\xff\xd8\xff": _JPEG, b"\x89PNG\r\n\x1a\n": _PNG}


class BadProof(Exception):
    """The file cannot be taken as a proof; the message says why, for its sender."""


def kind_of(upload):
    """Return the `ProofType` that an uploaded file begins as; raise `BadProof`. Opens nothing."""
    if upload.size > LARGEST:
        raise BadProof(
            _(
                "Ce fichier pèse %(size)s Mo ; 10 Mo au plus. Photographiez de nouveau avec une "
                "qualité moindre, ou envoyez un PDF."
            )
            % {"size": -(-upload.size // (1024 * 1024))}
        )
    upload.seek(0)
    beginning = upload.read(8)
    upload.seek(0)
    found = next((kind for start, kind in _BEGINNINGS.items() if beginning.startswith(start)), None)
    if found is None:
        raise BadProof(
            _("Ce fichier n’est ni un PDF, ni un JPEG, ni un PNG, quel que soit son nom.")
        )
    return found


def opening_throttle(entry_id):
    """Return the throttle of files opened for one entry."""
    return Throttle({f"proof opened\nentry\n{entry_id}": OPENED})


def pictures_of(upload, *, throttle):
    """Return the pictures of an uploaded file, as a file to store; raise `BadProof`.

    Every opening counts, whatever comes of it. Ask this last: it is dear.
    """
    if throttle.blocked:
        raise BadProof(_("Trop de fichiers en une heure : réessayez plus tard."))
    throttle.count_failure()
    return _opened(upload)


def stored_pictures(proof):
    """Return the pictures of a stored proof (a `FieldFile`); raise `BadProof`.

    Those of a proof stored before there were pictures are made each time.
    """
    with proof.open("rb") as stored:
        return ContentFile(stored.read()) if proof.name.endswith(PICTURES) else _opened(stored)


def _opened(file):
    try:
        return ContentFile(sandbox.pictures_of(file))
    except sandbox.TooManyAtOnce:
        raise BadProof(_("Nous ouvrons déjà d’autres pièces. Réessayez dans un moment.")) from None
    except sandbox.NoPicture as refused:
        raise BadProof(_reason(refused.why)) from None


def _reason(why):
    if why == Refusal.LOCKED:
        return _("Ce PDF est protégé par un mot de passe : enlevez-le d’abord.")
    if why == Refusal.TOO_MANY_PAGES:
        return _("Ce PDF a plus de %(most)s pages : envoyez seulement celles qui comptent.") % {
            "most": MOST_PAGES
        }
    if why == Refusal.TOO_MANY_PIXELS:
        return _("Cette image a trop de points : réduisez-la.")
    if why == Refusal.DAMAGED:
        return _("Ce fichier est abîmé : il ne s’ouvre pas.")
    return _("Ce fichier est trop lourd à ouvrir : envoyez une simple photo du document.")


def delete(paths):
    """Delete files from the storage; missing ones are ignored."""
    for path in paths:
        default_storage.delete(path)
