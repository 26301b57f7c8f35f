from contextlib import nullcontext

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from candidates.editions import access_codes
from candidates.models import Session
from results_portal.tabular.private_file import private_file


class Command(BaseCommand):
    help = "Write the access codes of a session as CSV, for its convocations."

    def add_arguments(self, parser):
        parser.add_argument("session", metavar="SESSION", help="code, like BTS-2026")
        parser.add_argument("--to", metavar="FILE", help="default: standard output")

    def handle(self, *args, **options):
        session = Session.objects.filter(code=options["session"]).first()
        if session is None:
            raise CommandError(_("session inconnue : « %s ».") % options["session"])
        path = options["to"]
        try:
            with private_file(path) if path else nullcontext(self.stdout) as file:
                kept = access_codes.write(session, file)
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}") from None
        if kept:
            self.stderr.write(access_codes.left_empty(kept))
