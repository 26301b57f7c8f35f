from results.jury.deliberation import DeliberationRefused, deliberate
from results.management.session_command import SessionCommand
from results.models import Verdict


class Command(SessionCommand):
    help = "Decide every entry of a session by its rules, and print the table of verdicts."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--round", type=int, choices=[1, 2], default=1)
        parser.add_argument("--dry-run", action="store_true", help="decide, but write nothing")

    def handle(self, *args, **options):
        try:
            found = deliberate(
                self.session(options["session"]),
                round=options["round"],
                dry_run=options["dry_run"],
                progress=self.progress("Délibération", options),
            )
        except DeliberationRefused as refused:
            self.refuse(refused.problems)
        if options["verbosity"]:
            self._print_table(found)
            outcome = f"{found.created} créées, {found.changed} changées, {found.removed} retirées."
            self.stdout.write(("À blanc : " if options["dry_run"] else "Décisions : ") + outcome)
        for sentence in found.incomplete:
            self.stderr.write(sentence, self.style.WARNING)

    def _print_table(self, found):
        columns = [verdict.value for verdict in Verdict]
        width = max([len(code) for code in found.verdicts] + [len("TOTAL")])
        self.stdout.write(" ".join([" " * width] + [f"{name:>10}" for name in columns]))
        for code, tally in [*found.verdicts.items(), ("TOTAL", found.total)]:
            cells = [f"{tally.get(name, 0):>10}" for name in columns]
            self.stdout.write(" ".join([f"{code:<{width}}", *cells]))
