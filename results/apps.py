from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = _("Résultats")

    def ready(self):
        from candidates.signals import entries_changed
        from results.release import refresh_changed_entries

        entries_changed.connect(refresh_changed_entries, dispatch_uid="results.refresh")
