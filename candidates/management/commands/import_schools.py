from django.utils.translation import gettext_lazy as _

from candidates.imports.school_import import import_schools
from candidates.management.confirmation import confirmation_asked
from results_portal.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Load or update schools, from a file of the office or from the national directory."
    label = _("Établissements")

    def load(self, log, options, **reading):
        with confirmation_asked():
            return import_schools(options["file"], log=log, **reading)
