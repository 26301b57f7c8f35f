import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from results.publication.retention import NotTheOwner, end_of_retention, purge


class Command(BaseCommand):
    help = "Forget the personal data of sessions at the end of their retention. Cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument(
            "--before",
            metavar="DATE",
            help="of sessions that ended before that date, like 2024-01-01; default: the "
            "RETENTION_YEARS that candidates read of; a later date is refused",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would go, keep it")

    def handle(self, *args, **options):
        try:
            forgotten = purge(before=_before(options["before"]), dry_run=options["dry_run"])
        except NotTheOwner:
            raise CommandError(
                _(
                    "Seul le compte propriétaire de la base peut oublier l’historique : donnez son "
                    "adresse dans DATABASE_OWNER_URL, puis recommencez. Rien n’est supprimé."
                )
            ) from None
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


def _before(text):
    """Return the date that was asked for; refuse one that belies what candidates are told."""
    last = end_of_retention()
    if not text:
        return last
    try:
        before = datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("--before : « %(text)s » n’est pas une date comme 2024-01-01.") % {"text": text}
        ) from None
    if before > last:
        raise CommandError(
            _(
                "--before : au plus tard %(last)s, car les candidats lisent combien d’années leurs "
                "données sont gardées (RETENTION_YEARS : %(years)s)."
            )
            % {"last": last.isoformat(), "years": settings.RETENTION_YEARS}
        )
    return before
