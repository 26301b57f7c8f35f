from django.utils.translation import gettext_lazy as _

from candidates.imports import import_entries
from results.management.release_guard import refusals
from results.management.session_command import SessionCommand
from results.marks.announced import ANNOUNCED
from results_portal.imports.command import ImportCommand


class Command(ImportCommand, SessionCommand):
    # In results and not in candidates, because announced results limit the changes it may make.
    help = "Load or update the candidates and entries of a session."
    label = _("Inscriptions")
    long = True

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--session", metavar="CODE", required=True, help="like BTS-2026")

    def load(self, log, options, **reading):
        session = self.session(options["session"])
        with refusals():
            return import_entries(
                options["file"], session=session, announced=ANNOUNCED, log=log, **reading
            )
