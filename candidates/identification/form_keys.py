"""The key of a form that was opened: by it, what is sent twice from one form is known again."""

import hashlib
import uuid

from django.core import signing

_SALT = "candidates.form_key"


def new():
    """A key for a form that is being opened, signed, as the form carries it."""
    return signing.dumps(uuid.uuid4().hex, salt=_SALT)


def of(request):
    """The key of the form that `request` posts; of none of ours, a new one."""
    try:
        return signing.loads(request.POST.get("key", ""), salt=_SALT)
    except signing.BadSignature:
        return uuid.uuid4().hex


def of_content(key, text, file):
    """One key for each content of each form: sent again it is the same, corrected it is another.

    `file` is an uploaded file; it is left at its beginning.
    """
    digest = hashlib.sha256(f"{key}\n{text}\n".encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
