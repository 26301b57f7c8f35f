import csv

from django.core.management.base import CommandError

from results.jury.decisions_file import HEADER, rows
from results.management.session_command import SessionCommand
from results_portal.tabular.private_file import private_file


class Command(SessionCommand):
    help = "Write the decisions of a session as CSV, one line per entry."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--to", metavar="FILE", help="default: standard output")

    def handle(self, *args, **options):
        session = self.session(options["session"])
        if options["to"]:
            try:
                with private_file(options["to"]) as file:
                    self._write(session, file)
            except OSError as problem:
                raise CommandError(f"{options['to']}: {problem.strerror}") from None
        else:
            self._write(session, self.stdout)

    def _write(self, session, file):
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows(session))
