from django.utils.translation import gettext as _

from results.jury.replacement import ReplacementRefused, open_replacement
from results.management.session_command import SessionCommand


class Command(SessionCommand):
    help = "Copy the deferred entries of a session into SESSION, the one that replaces it."

    def handle(self, *args, **options):
        session = self.session(options["session"])
        try:
            opened = open_replacement(session)
        except ReplacementRefused as refused:
            self.refuse(refused.problems)
        if options["verbosity"] and session.replaces:
            report = _(
                "%(session)s, reprise de %(replaced)s. Inscriptions reprises : %(entries)d ; "
                "notes reprises : %(marks)d ; déjà là : %(present)d."
            )
            codes = {"session": session.code, "replaced": session.replaces.code}
            self.stdout.write(report % (vars(opened) | codes))
        for sentence in opened.left:
            self.stderr.write(sentence, self.style.WARNING)
