from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils.translation import gettext_lazy as _

from results.management.release_guard import refusals
from results.management.session_command import SessionCommand
from results.marks.marks_correction import correct_marks
from results_portal.imports.command import ImportCommand


class Command(ImportCommand, SessionCommand):
    help = "Correct marks whose results are published, each as a new revision, with one reason."
    label = _("Corrections")
    long = True

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--session", metavar="CODE", required=True, help="like BTS-2026")
        parser.add_argument(
            "--reason", metavar="TEXT", required=True, help="in French: every candidate reads it"
        )

    def load(self, log, options, **reading):
        session = self.session(options["session"])
        try:
            with refusals():
                return correct_marks(
                    options["file"], session=session, reason=options["reason"], log=log, **reading
                )
        except ValidationError as invalid:
            raise CommandError(" ".join(invalid.messages)) from None
