from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CandidatesConfig(AppConfig):
    name = "candidates"
    verbose_name = _("Candidats")
    operator_rights = frozenset(
        {
            "change_candidate",
            "change_identityrequest",
            "change_message",
            "change_redispatch",
            "import_entries",
            "import_marks",
        }
    )
    manager_rights = frozenset(
        {
            "add_session",
            "change_session",
            "add_school",
            "change_school",
            "change_academy",
            "lift_wait",
            "read_trail",
            "approve_proposal",
        }
    )
    auditor_rights = frozenset({"read_trail", "read_trail_of_accounts"})
    administrator_rights = frozenset(
        {"read_trail_of_accounts", "view_failedidentification", "lift_wait"}
    )
    school_head_rights = frozenset({"read_own_pupils"})
    jury_secretary_rights = frozenset(
        {
            "view_academy",
            "view_candidate",
            "view_entry",
            "view_proposal",
            "view_school",
            "view_session",
            "view_speciality",
        }
    )

    def ready(self):
        from candidates.admin import groups
        from candidates.civil_status.requests import forget_old_proofs
        from candidates.editions import kinds as editions
        from candidates.editions import making
        from candidates.editions.access_codes import ACCESS_CODES
        from candidates.editions.entries import ENTRIES
        from candidates.file_imports import checking, kinds, proposing, undoing
        from candidates.identification import destinations
        from candidates.imports import academies
        from candidates.proposals import checks as proposal_checks
        from candidates.signals import messages_due
        from candidates.trail import append_only, own_sources

        destinations.register("candidates:address", _("changer d’adresse"))
        destinations.register("candidates:address_review", _("changer d’adresse"))
        destinations.register("candidates:identity", _("faire corriger votre état civil"))
        destinations.register("candidates:messages", _("choisir vos courriels"))
        kinds.register(kinds.SCHOOLS)
        checking.register()
        proposing.register()
        proposal_checks.register()
        undoing.register()
        making.register()
        own_sources.register()
        editions.register(ACCESS_CODES)
        editions.register(ENTRIES)
        messages_due.connect(forget_old_proofs)
        post_migrate.connect(academies.load_missing, sender=self)
        for app in (apps.get_app_config("auth"), self):
            post_migrate.connect(groups.grant_rights, sender=app)
        post_migrate.connect(append_only.protect, sender=self)
