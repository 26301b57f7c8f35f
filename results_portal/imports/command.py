"""Base class of the commands that import a file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from results_portal.imports.progress import Progress
from results_portal.imports.staging import ImportOutcome, ImportRefused
from results_portal.tabular import MAX_BYTES, ErrorLog

_MEGABYTE = 1024 * 1024


class ImportCommand(BaseCommand):
    """Import one file whole, or print what is wrong line by line and exit with status 1.

    A subclass defines `label` and `load`.
    """

    label: str | Promise = ""
    long = False  # whether `load` takes `saving` as well

    def load(self, log: ErrorLog, options: dict[str, Any], **reading: Any) -> ImportOutcome:
        """Import `options["file"]`; `reading`: `dry_run`, `confirmed`, `max_bytes`, `progress`."""
        raise NotImplementedError

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="CSV or .xlsx")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and write nothing"
        )
        parser.add_argument(
            "--errors", metavar="FILE", help="where all errors go (default: FILE.erreurs.csv)"
        )
        parser.add_argument(
            "--max-size",
            metavar="MB",
            type=int,
            default=MAX_BYTES // _MEGABYTE,
            help="refuse a larger file (default: %(default)s)",
        )

        parser.add_argument(
            "--confirm",
            metavar="CODE",
            default="",
            help="the code of the session: to change its results in the last hour before they open",
        )

    def handle(self, *args, **options):
        log = ErrorLog(options["file"], error_path=options["errors"])
        reading = {
            "dry_run": options["dry_run"],
            "confirmed": options["confirm"],
            "max_bytes": options["max_size"] * _MEGABYTE,
            "progress": self._progress(_("lecture"), options),
        }
        if self.long:
            reading["saving"] = self._progress(_("enregistrement"), options)
        try:
            outcome = self.load(log, options, **reading)
        except ImportRefused:
            self._refuse(log)
        finally:
            log.close()
        if options["verbosity"]:
            self._warn(log)
            self._report(outcome, options["dry_run"])

    def _progress(self, step, options):
        return Progress(self.stderr, f"{self.label}, {step}", verbosity=options["verbosity"])

    def _refuse(self, log):
        self._warn(log)
        *errors, summary = log.lines()
        for line in errors:
            self.stderr.write(line, lambda text: text)
        raise CommandError(summary)

    def _warn(self, log):
        for line in log.warning_lines():
            self.stderr.write(line, self.style.WARNING)

    def _report(self, outcome, dry_run):
        counts = _(
            "créations : %(created)s ; modifications : %(changed)s ; "
            "sans changement : %(unchanged)s"
        ) % {
            "created": outcome.created,
            "changed": outcome.changed,
            "unchanged": outcome.unchanged,
        }
        before = _("À blanc, rien n’est enregistré. ") if dry_run else ""
        self.stdout.write(f"{before}{self.label} : {counts}.")
        for note in outcome.notes:
            self.stdout.write(f"  {note}")
        if dry_run:
            self._show_lines(_("à créer"), outcome.created, outcome.created_lines)
            self._show_lines(_("à modifier"), outcome.changed, outcome.changed_lines)

    def _show_lines(self, kind, count, lines):
        if count:
            found = ngettext("ligne", "lignes", count)
            more = "…" if count > len(lines) else ""
            self.stdout.write(f"  {kind}, {found} " + ", ".join(map(str, lines)) + more)
