from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = _("Résultats")
    operator_rights = frozenset({"correct_result"})
    manager_rights = frozenset({"deliberate", "release_results", "add_jurydecision"})

    def ready(self):
        from candidates.signals import entries_changed
        from candidates.staff import grant_rights
        from results.release import refresh_changed_entries

        entries_changed.connect(refresh_changed_entries, dispatch_uid="results.refresh")
        post_migrate.connect(grant_rights, sender=self)
