from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CandidatesConfig(AppConfig):
    name = "candidates"
    verbose_name = _("Candidats")
    operator_rights = frozenset(
        {"change_candidate", "change_identityrequest", "change_message", "change_redispatch"}
    )
    manager_rights = frozenset(
        {"add_session", "change_session", "add_school", "change_school", "change_academy"}
    )

    def ready(self):
        from candidates.admin import groups
        from candidates.imports import academies

        post_migrate.connect(academies.load_missing, sender=self)
        post_migrate.connect(groups.grant_rights, sender=self)
