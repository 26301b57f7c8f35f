import csv
from contextlib import nullcontext

from results.decisions_file import HEADER, rows
from results.management.session_command import SessionCommand


class Command(SessionCommand):
    help = "Write the decisions of a session as CSV, one line per entry."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--to", metavar="FILE", help="default: standard output")

    def handle(self, *args, **options):
        session = self.session(options["session"])
        path = options["to"]
        target = open(path, "w", encoding="utf-8", newline="") if path else nullcontext(self.stdout)
        with target as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(rows(session))
