from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from results.management.session_command import SessionCommand
from results.posted_list.printing import ListChoice, NothingScheduled, print_posted_lists
from results_portal.printing.run import OtherRun


class Command(SessionCommand):
    help = "Print the posted lists of a session as PDF, one per speciality and posting place."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--to", metavar="DIR", required=True, help="a directory for them alone")
        parser.add_argument(
            "--speciality", metavar="CODE", nargs="+", default=[], help="these only"
        )
        parser.add_argument("--round", type=int, choices=[1, 2], help="default: both")
        parser.add_argument("--place", help="a posting place; default: all")
        parser.add_argument("--processes", type=int, help="default: as many as processors")

    def handle(self, *args, **options):
        session = self.session(options["session"])
        choice = ListChoice(options["speciality"], options["round"], options["place"])
        try:
            report = print_posted_lists(
                session, options["to"], choice=choice, processes=options["processes"]
            )
        except NothingScheduled:
            raise CommandError(
                _("%(session)s : aucune publication n’est programmée, il n’y a pas de liste.")
                % {"session": session.code}
            ) from None
        except OtherRun as other:
            raise CommandError(
                _("%(directory)s contient une autre impression (%(run)s).")
                % {"directory": options["to"], "run": other}
            ) from None
        if options["verbosity"]:
            self.stdout.write(
                f"Listes : {len(report.written)} écrites, {len(report.kept)} inchangées, "
                f"{len(report.removed)} retirées."
                + (f" Mises en page par WeasyPrint : {report.slow}." if report.slow else "")
            )
