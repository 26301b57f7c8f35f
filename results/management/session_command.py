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

    def refuse(self, problems: Iterable[str]) -> NoReturn:
        """Raise `CommandError` with one line per problem."""
        raise CommandError("\n".join(problems))
