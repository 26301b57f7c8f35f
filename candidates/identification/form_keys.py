"""Keys of opened forms: a form sent twice is recognised by its key."""

import hashlib
import uuid

from django.core import signing

_SALT = "candidates.form_key"


def new():
    """Return a new signed key, for a form that is being opened."""
    return signing.dumps(uuid.uuid4().hex, salt=_SALT)


def of(request):
    """Return the key of the posted form; a new one when its signature is not ours."""
    try:
        return signing.loads(request.POST.get("key", ""), salt=_SALT)
    except signing.BadSignature:
        return uuid.uuid4().hex


def of_content(key, text, file):
    """Return a key of this form and content: the same when sent again, another when corrected.

    `file` is an uploaded file; it is rewound.
    """
    digest = hashlib.sha256(f"{key}\n{text}\n".encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
