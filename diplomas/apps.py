from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiplomasConfig(AppConfig):
    name = "diplomas"
    verbose_name = _("Diplômes")

    def ready(self):
        from candidates.signals import mailings_asked
        from diplomas.mailings import diplomas

        mailings_asked.connect(diplomas, dispatch_uid="diplomas.mailings")
