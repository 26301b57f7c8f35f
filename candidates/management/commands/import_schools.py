from django.utils.translation import gettext_lazy as _

from candidates.imports.school_import import import_schools
from results_portal.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Load or update schools, from a file of the office or from the national directory."
    label = _("Établissements")

    def load(self, log, options, **reading):
        return import_schools(options["file"], log=log, **reading)
