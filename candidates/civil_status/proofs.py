"""Proofs that candidates upload: checked by content, not by name.

A file is stored under a random name, at no URL of the site; staff download it
(`candidates.admin.requests`), no browser shows it.
"""

import warnings

import pikepdf
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from candidates.models.requests import IdentityRequest

LARGEST = 5 * 1024 * 1024  # bytes
MOST_PIXELS = 60_000_000  # of a photograph: 20 megapixels are usual

_PDF, _JPEG, _PNG = IdentityRequest.ProofType
_BEGINNINGS = {b"%PDF-": _PDF, b"\xff\xd8\xff": _JPEG, b"\x89PNG\r\n\x1a\n": _PNG}
_DRAFT_SIZE = (64, 64)  # a JPEG is decoded at an eighth of its size: enough to know it is whole


class BadProof(Exception):
    """The file cannot be taken as a proof; the message says why, for its sender."""


def kind_of(upload):
    """Open an uploaded file and return its `ProofType`; raise `BadProof`."""
    if upload.size > LARGEST:
        raise BadProof(
            _(
                "Ce fichier pèse %(size)s Mo ; 5 Mo au plus. Photographiez de nouveau avec une "
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
    if found is _PDF:
        _open_pdf(upload)
    else:
        _open_image(upload, found)
    upload.seek(0)
    return found


def delete(paths):
    """Delete files from the storage; missing ones are ignored."""
    for path in paths:
        default_storage.delete(path)


def _open_pdf(upload):
    try:
        with pikepdf.open(upload) as document:
            pages, active = len(document.pages), _is_active(document.Root)
    except pikepdf.PasswordError:
        raise BadProof(_("Ce PDF est protégé par un mot de passe : enlevez-le d’abord.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise BadProof(_("Ce PDF est abîmé : il ne s’ouvre pas.")) from None
    if not pages:
        raise BadProof(_("Ce PDF n’a aucune page."))
    if active:
        raise BadProof(_("Ce PDF contient un programme : envoyez une simple image du document."))


def _is_active(root):
    """Whether a PDF holds scripts or files, or acts when it is opened."""
    names = root.get("/Names", {})
    action = root.get("/OpenAction")
    runs = isinstance(action, pikepdf.Dictionary) and action.get("/S") in {
        "/JavaScript",
        "/Launch",
    }
    return runs or "/AA" in root or "/JavaScript" in names or "/EmbeddedFiles" in names


def _open_image(upload, kind):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(upload, formats=[kind.label]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise BadProof(_("Cette image a trop de points : réduisez-la."))
                if kind is _PNG:
                    image.verify()
                else:
                    image.draft("RGB", _DRAFT_SIZE)
                    image.load()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
        Warning,
    ):
        raise BadProof(_("Cette image est abîmée : elle ne s’ouvre pas.")) from None
