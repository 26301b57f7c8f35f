from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from results.management.session_command import SessionCommand
from results.publication import hours
from results.publication.preview import unchecked
from results.publication.release import (
    ReleaseRefused,
    next_round,
    schedule,
    specialities_of,
)


class Command(SessionCommand):
    help = "Schedule, or open at once, the release of a session's results."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--speciality", metavar="CODE", nargs="+", help="these only")
        parser.add_argument("--now", action="store_true", help="open at once")
        parser.add_argument(
            "--at", metavar="ISO-8601", help="hour of opening (Paris time unless it says another)"
        )
        parser.add_argument(
            "--confirm",
            metavar="CODE",
            help="the code of the session: to open before its announced hour, or at a past one",
        )
        parser.add_argument(
            "--round", type=int, choices=[1, 2], help="default: the next one to release"
        )

    def handle(self, *args, **options):
        session, at = self.session(options["session"]), self._hour(options)
        try:
            specialities = specialities_of(session, options["speciality"])
            round = options["round"] or next_round(session, specialities)
            wanted = {"specialities": specialities, "round": round}
            for code in unchecked(specialities):
                self.stderr.write(_("%s : règlement à vérifier.") % code, self.style.WARNING)
            seen = hours.announced(session, **wanted)
            self.require_confirmation(session, options, hours.doubts(session, **wanted, at=at))
            progress = self.progress("Publication", options)
            releases = schedule(
                session,
                **wanted,
                at=at,
                agreed=lambda found: hours.objections(seen, session, **wanted, at=at),
                progress=progress,
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

    def _hour(self, options):
        """Return the instant asked for; None for at once."""
        if options["now"] == bool(options["at"]):
            raise CommandError(
                _("Indiquez --now (ouvrir aussitôt) ou --at (à une heure), et l’un des deux seul.")
            )
        if options["now"]:
            return None
        try:
            return hours.read_hour(options["at"])
        except hours.WrongHour as wrong:
            raise CommandError(f"--at : {wrong}") from None
