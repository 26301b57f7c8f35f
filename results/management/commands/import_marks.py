from django.utils.translation import gettext_lazy as _

from results.management.release_guard import refusals
from results.management.session_command import SessionCommand
from results.marks.marks_import import import_marks
from results_portal.imports.command import ImportCommand


class Command(ImportCommand, SessionCommand):
    help = "Load or update the marks of a session."
    label = _("Notes")
    long = True

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--session", metavar="CODE", required=True, help="like BTS-2026")

    def load(self, log, options, **reading):
        session = self.session(options["session"])
        with refusals():
            return import_marks(options["file"], session=session, log=log, **reading)
