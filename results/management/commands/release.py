from datetime import datetime

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from results.management.session_command import SessionCommand
from results.publication.release import ReleaseRefused, schedule, specialities_of


class Command(SessionCommand):
    help = "Schedule, or open at once, the release of a session's results."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--speciality", metavar="CODE", nargs="+", help="these only")
        parser.add_argument(
            "--at", metavar="ISO-8601", help="hour of opening (Paris time unless it says another)"
        )
        parser.add_argument(
            "--round", type=int, choices=[1, 2], help="default: the next one to release"
        )

    def handle(self, *args, **options):
        session = self.session(options["session"])
        at = self._instant(options["at"]) if options["at"] else None
        try:
            releases = schedule(
                session,
                specialities=specialities_of(session, options["speciality"]),
                round=options["round"],
                at=at,
                progress=self.progress("Publication", options),
            )
        except ReleaseRefused as refused:
            self.refuse(refused.problems)
        if options["verbosity"]:
            for release in releases:
                self.stdout.write(self._sentence(release))

    def _sentence(self, release):
        opens_at = timezone.localtime(release.opens_at)
        state = _("ouverte depuis le") if release.is_open(timezone.now()) else _("programmée le")
        return (
            f"{release.speciality.code}, tour {release.round} : {state} "
            f"{date_format(opens_at, 'j F Y, H:i:s')} ({release.results.count()} résultats)"
        )

    def _instant(self, text):
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            raise CommandError(
                _("--at : « %(text)s » n’est pas une date ISO 8601, comme 2026-07-02T10:00.")
                % {"text": text}
            ) from None
        return timezone.make_aware(instant) if timezone.is_naive(instant) else instant
