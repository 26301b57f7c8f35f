from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from candidates.models.requests import TransitionError
from diplomas.dispatch.printing import print_dispatch
from results.management.session_command import SessionCommand
from results_portal.printing.run import OtherRun


class Command(SessionCommand):
    help = "Print the lists, letters and indexes of the sealed batches of diplomas not yet sent."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--to", metavar="DIR", required=True, help="a directory for them alone")
        parser.add_argument("--processes", type=int, help="default: as many as processors")

    def handle(self, *args, **options):
        session = self.session(options["session"])
        try:
            reports = print_dispatch(session, options["to"], processes=options["processes"])
        except TransitionError:
            raise CommandError(
                _("%(session)s : aucun lot scellé n’attend de partir.") % {"session": session.code}
            ) from None
        except OtherRun as other:
            raise CommandError(
                _("%(directory)s contient une autre impression (%(run)s).")
                % {"directory": options["to"], "run": other}
            ) from None
        for name, report in reports.items() if options["verbosity"] else ():
            self.stdout.write(
                f"{name} : {report.documents} documents, {len(report.written)} fichiers écrits, "
                f"{len(report.kept)} inchangés, {len(report.removed)} retirés."
            )
