from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from candidates.identification import access_codes
from candidates.models import Session
from diplomas.demo import dispatch_diplomas, tracked
from results.demo.accounts import author, create_accounts, tie_head
from results.demo.files import write_files
from results.demo.loading import load
from results.demo.presence import (
    access_code,
    awaited_sessions,
    cast_entries,
    foreign_sessions,
)
from results_portal.imports.progress import Progress


class Command(BaseCommand):
    help = "Fill the portal with sessions of invented people, released, and show whom to try."

    def add_arguments(self, parser):
        parser.add_argument("--entries", type=int, default=4000, metavar="N", help="in all")
        parser.add_argument("--seed", type=int, default=2026, metavar="S")
        parser.add_argument(
            "--if-empty", action="store_true", help="only when there is no session yet"
        )
        parser.add_argument("--to", metavar="DIR", help="keep the files there")

    def handle(self, *args, **options):
        if not Session.objects.exists() or not options["if_empty"]:
            self._refuse_real_sessions()
            if awaited_sessions():
                self._fill(options)
            dispatch_diplomas(by=author())
        self._show_cast()
        self._show_diplomas()

    def _refuse_real_sessions(self):
        foreign = foreign_sessions()
        if foreign:
            raise CommandError(
                _("il y a de vraies sessions ici (%(codes)s) : on n’y mêle pas de gens inventés.")
                % {"codes": ", ".join(foreign)}
            )

    def _fill(self, options):
        passwords, now = create_accounts(), timezone.now()
        with TemporaryDirectory() as temporary:
            files = write_files(
                Path(options["to"] or temporary),
                entries=options["entries"],
                seed=options["seed"],
                now=now,
                progress=Progress(self.stderr, _("Fichiers"), verbosity=options["verbosity"]),
            )
            load(files, run=self._runner(options), author=author(), now=now)
        tie_head()
        for username, password in passwords.items():
            self.stdout.write(
                _("Compte de gestion %(user)s, mot de passe %(password)s")
                % {"user": username, "password": password}
            )

    def _runner(self, options):
        def run(name, *arguments):
            shown = " ".join(Path(a).name if isinstance(a, Path) else a for a in arguments)
            if options["verbosity"]:
                self.stdout.write(self.style.MIGRATE_HEADING(f"manage.py {name} {shown}"))
            call_command(
                name,
                *map(str, arguments),
                stdout=self.stdout,
                stderr=self.stderr,
                verbosity=options["verbosity"],
            )

        return run

    def _show_cast(self):
        cast = cast_entries()
        if not cast:
            return
        sessions = dict(Session.objects.values_list("pk", "code"))
        heading = (_("Session"), _("Numéro"), _("Né(e) le"), _("Code d’accès"), _("Ce qu’on verra"))
        rows = [heading] + [
            (
                sessions[entry.session_id],
                entry.number,
                date_format(entry.candidate.birth_date, "d/m/Y"),
                access_codes.spell(access_code(entry)),
                str(situation.sees),
            )
            for situation, entry in cast.items()
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())

    def _show_diplomas(self):
        shown = tracked()
        if shown:
            self.stdout.write(_("Diplômes à suivre, sur la page « Mon diplôme » :"))
        for entry, words in shown:
            self.stdout.write(f"{entry.number}  {words}")
