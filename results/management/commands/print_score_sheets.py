from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from results.management.session_command import SessionCommand
from results.score_sheet.printing import open_score_sheets, print_score_sheets, to_print
from results_portal.printing.files import Unprintable
from results_portal.printing.run import OtherRun

_SHOWN = 20


class Command(SessionCommand):
    help = "Print the score sheets of a session as PDF, batched in postcode order, with an index."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--to", metavar="DIR", required=True, help="a directory for them alone")
        parser.add_argument("--entries", metavar="NUMBER", nargs="+", help="these candidates only")
        parser.add_argument(
            "--batch-size", metavar="N", type=int, default=100, help="sheets a file"
        )
        parser.add_argument("--one-file-each", action="store_true", help="a tagged PDF a candidate")
        parser.add_argument("--processes", type=int, help="default: as many as processors")

    def handle(self, *args, **options):
        session = self.session(options["session"])
        results = self._results(session, options["entries"])
        total, bar = results.count(), self.progress("Relevés", options)
        try:
            report = print_score_sheets(
                to_print(results),
                options["to"],
                run=" ".join(["relevés", session.code, *sorted(options["entries"] or [])]),
                batch_size=options["batch_size"],
                one_file_each=options["one_file_each"],
                processes=options["processes"],
                progress=lambda done: bar(done, total),
            )
        except OtherRun as other:
            self.refuse(
                [
                    _("%(directory)s contient une autre impression (%(run)s).")
                    % {"directory": options["to"], "run": other}
                ]
            )
        except Unprintable as sheet:
            self.refuse([_("un relevé ne tient pas sur ses pages : %(sheet)s") % {"sheet": sheet}])
        if options["verbosity"]:
            self.stdout.write(
                f"Relevés : {report.documents}. Fichiers : {len(report.written)} écrits, "
                f"{len(report.kept)} inchangés, {len(report.removed)} retirés."
                + (f" Mis en page un à un : {report.slow}." if report.slow else "")
                + _named("Sans adresse, à part", report.apart)
                + _named("Hors de l’alphabet latin, à regarder", report.to_check)
            )

    def _results(self, session, numbers):
        results = open_score_sheets(session, numbers=numbers)
        if numbers:
            found = set(results.values_list("entry__number", flat=True))
            missing = [
                _("%(number)s : pas de relevé (numéro inconnu, ou résultat qui n’est pas publié).")
                % {"number": number}
                for number in dict.fromkeys(numbers)
                if number not in found
            ]
            if missing:
                self.refuse(missing)
        elif not results.exists():
            raise CommandError(
                _("%(session)s : aucun résultat n’est publié, il n’y a pas de relevé.")
                % {"session": session.code}
            )
        return results


def _named(kind, numbers):
    if not numbers:
        return ""
    shown = ", ".join(numbers[:_SHOWN]) + (", …" if len(numbers) > _SHOWN else "")
    return f" {kind} : {len(numbers)} ({shown})."
