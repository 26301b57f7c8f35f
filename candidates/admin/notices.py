"""E-mails about accounts: a link to its person, and what others are to know."""

import uuid

from django.utils.translation import gettext_lazy as _

from candidates.admin.administrators import administrators
from candidates.admin.groups import ADMINISTRATOR, MANAGER
from candidates.messages import outbox
from candidates.proposals import people

WATCHED = (MANAGER, ADMINISTRATOR)


def is_watched(user):
    """Whether what happens to the access of `user` is told: a manager, an administrator."""
    return user.is_superuser or user.groups.filter(name__in=WATCHED).exists()


def send_link(user, path):
    """Write the e-mail with the link at `path` to the person of an account."""
    context = {"path": path, "is_new": user.last_login is None}
    subject = _("Votre accès à la gestion des examens")
    _write(user.email, subject, "candidates/mail/invitation", context)


def tell(user, what, *, by, former=""):
    """Tell `what` was done to the account, and by whom, to its person, administrators, managers.

    Not to `by`, who did it. `former`: the address that the person had before.
    """
    context = {"account": user.get_username(), "what": what, "by": by.get_username()}
    subject = _("Un accès à la gestion des examens a changé")
    others = {*administrators(), *people.managers()} - {user, by}
    for address in sorted({former, user.email, *(other.email for other in others)} - {""}):
        _write(address, subject, "candidates/mail/access_changed", context)


def _write(address, subject, template, context):
    outbox.write(
        key=f"{outbox.OF_ACCOUNTS}{uuid.uuid4().hex}",
        entry_id=None,
        to=address,
        subject=subject,
        template=template,
        context=context,
    )
