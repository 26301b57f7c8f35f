from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from candidates.imports.session_files import import_session
from candidates.management.confirmation import confirmation_asked
from results_portal.imports.staging import ImportRefused
from results_portal.tabular import ErrorLog


class Command(BaseCommand):
    help = "Create or update a session from a TOML file."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="TOML")
        parser.add_argument(
            "--confirm",
            metavar="CODE",
            default="",
            help="the code of the session: to change it in the last hour before its results open",
        )

    def handle(self, *args, **options):
        log = ErrorLog(options["file"], error_path=None)
        try:
            with confirmation_asked():
                session, outcome = import_session(
                    options["file"], log=log, confirmed=options["confirm"]
                )
        except ImportRefused:
            raise CommandError("\n".join(log.lines())) from None
        finally:
            log.close()
        if options["verbosity"]:
            done = _("créée") if outcome.created else _("modifiée") if outcome.changed else ""
            self.stdout.write(f"{session.code} : {done or _('sans changement')}.")
