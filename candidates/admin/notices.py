"""E-mails about accounts: a link to its person, and what others are to know."""

import uuid

from django.utils.translation import gettext_lazy as _

from candidates.admin.administrators import administrators
from candidates.admin.groups import ADMINISTRATOR, MANAGER
from candidates.messages import outbox

WATCHED = (MANAGER, ADMINISTRATOR)


def is_watched(user):
    """Whether what happens to the access of `user` is told: a manager, an administrator."""
    return user.is_superuser or user.groups.filter(name__in=WATCHED).exists()


def send_link(user, path):
    """Write the e-mail with the link at `path` to the person of an account."""
    context = {"path": path, "is_new": user.last_login is None}
    subject = _("Votre accès à la gestion des examens")
    _write(user, subject, "candidates/mail/invitation", context)


def tell(user, what, *, by):
    """Tell the person and the other administrators `what` was done to the account, and by whom."""
    context = {"account": user.get_username(), "what": what, "by": by.get_username()}
    others = administrators().exclude(pk__in=[user.pk, by.pk])
    for reader in [user, *others]:
        if reader.email:
            _write(
                reader,
                _("Un accès à la gestion des examens a changé"),
                "candidates/mail/access_changed",
                context,
            )


def _write(reader, subject, template, context):
    outbox.write(
        key=f"{outbox.OF_ACCOUNTS}{uuid.uuid4().hex}",
        entry_id=None,
        to=reader.email,
        subject=subject,
        template=template,
        context=context,
    )
