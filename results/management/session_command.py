from collections.abc import Iterable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from candidates.models import Session
from results_portal.imports.progress import Progress


class SessionCommand(BaseCommand):
    """Base of the commands about one session, named by its code."""

    def add_arguments(self, parser):
        parser.add_argument("session", metavar="SESSION", help="code, like BTS-2026")

    def session(self, code: str) -> Session:
        try:
            return Session.objects.get(code=code)
        except Session.DoesNotExist:
            known = ", ".join(Session.objects.values_list("code", flat=True)) or "—"
            raise CommandError(
                _("session inconnue : « %(code)s ». Sessions connues : %(known)s.")
                % {"code": code, "known": known}
            ) from None

    def progress(self, label: str, options: dict[str, Any]) -> Progress:
        return Progress(self.stderr, label, verbosity=options["verbosity"])

    def require_confirmation(
        self, session: Session, options: dict[str, Any], doubts: Iterable[str]
    ) -> None:
        """Raise `CommandError` if there are doubts and `--confirm` does not give the code."""
        code = options["confirm"]
        if code is not None and code != session.code:
            doubts = [
                *doubts,
                _("--confirm %(code)s : ce n’est pas cette session.") % {"code": code},
            ]
        elif code:
            return
        if doubts := list(doubts):
            more = _("Pour le faire quand même, ajoutez : --confirm %s") % session.code
            self.refuse([*doubts, more])

    def refuse(self, problems: Iterable[str]) -> NoReturn:
        """Raise `CommandError` with one line per problem."""
        raise CommandError("\n".join(problems))
