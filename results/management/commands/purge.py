import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from results.publication.retention import purge


class Command(BaseCommand):
    help = "Forget the personal data of sessions that ended before a date. Cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument("--before", metavar="DATE", required=True, help="like 2024-01-01")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, keep it")

    def handle(self, *args, **options):
        try:
            before = datetime.date.fromisoformat(options["before"])
        except ValueError:
            raise CommandError(
                _("--before : « %(text)s » n’est pas une date comme 2024-01-01.")
                % {"text": options["before"]}
            ) from None
        if before > datetime.date.today():
            raise CommandError(_("--before : cette date est dans l’avenir."))
        forgotten = purge(before=before, dry_run=options["dry_run"])
        if not options["verbosity"]:
            return
        if not forgotten.sessions:
            self.stdout.write(_("Aucune session n’a fini avant cette date."))
            if not any(forgotten.rows.values()):
                return
        verb = _("À blanc, seraient oubliées") if options["dry_run"] else _("Oubliées")
        self.stdout.write(f"{verb} : {', '.join(forgotten.sessions) or '–'}")
        for table, rows in forgotten.rows.items():
            self.stdout.write(f"{rows:>10} {table}")
