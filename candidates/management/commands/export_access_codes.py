import csv
from contextlib import nullcontext

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.identification import access_codes
from candidates.models import Entry, Session
from results_portal.tabular.private_file import private_file

HEADER = ["numero", "nom", "prenoms", "date_naissance", "code_acces"]


class Command(BaseCommand):
    help = "Write the access codes of a session as CSV, for its convocations."

    def add_arguments(self, parser):
        parser.add_argument("session", metavar="SESSION", help="code, like BTS-2026")
        parser.add_argument("--to", metavar="FILE", help="default: standard output")

    def handle(self, *args, **options):
        session = Session.objects.filter(code=options["session"]).first()
        if session is None:
            raise CommandError(_("session inconnue : « %s ».") % options["session"])
        path = options["to"]
        try:
            with private_file(path) if path else nullcontext(self.stdout) as file:
                writer = csv.writer(file, delimiter=";", lineterminator="\n")
                writer.writerow(HEADER)
                kept = sum(self._write(writer, session, entry) for entry in _entries(session))
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}") from None
        if kept:
            message = ngettext(
                "%s code vient de l’office : seul l’office le connaît, il est laissé vide.",
                "%s codes viennent de l’office : lui seul les connaît, ils sont laissés vides.",
                kept,
            )
            self.stderr.write(message % kept)

    def _write(self, writer, session, entry):
        """Write the line of an entry; return whether its code was supplied by the office."""
        code = _known(session, entry)
        person = entry.candidate
        writer.writerow(
            [
                entry.number,
                person.birth_name,
                person.given_names,
                f"{person.birth_date:%d/%m/%Y}",
                access_codes.spell(code) if code else "",
            ]
        )
        return code is None


def _known(session, entry):
    """Return the code of an entry, which may come from the session that this one replaces."""
    digest = bytes(entry.access_code_digest)
    return access_codes.known(session.code, entry.number, digest) or (
        session.replaces and access_codes.known(session.replaces.code, entry.number, digest)
    )


def _entries(session):
    entries = Entry.objects.of(session).select_related("candidate").order_by("number")
    return entries.iterator(chunk_size=2000)
