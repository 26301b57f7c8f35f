from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DiplomasConfig(AppConfig):
    name = "diplomas"
    verbose_name = _("Diplômes")
    operator_rights = frozenset({"record_custody", "change_attestationrequest"})
    manager_rights = frozenset({"add_revocation", "dispatch_diplomas"})
    auditor_rights: frozenset[str] = frozenset()
    administrator_rights: frozenset[str] = frozenset()
    school_head_rights: frozenset[str] = frozenset()
    jury_secretary_rights: frozenset[str] = frozenset()

    def ready(self):
        from candidates.admin.groups import grant_rights
        from candidates.identification import destinations
        from candidates.signals import forgetting, mailings_asked, messages_due, sending_again
        from diplomas.attestations.requests import forget, forget_old
        from diplomas.dispatch import editions, several
        from diplomas.dispatch.custody import send_again
        from diplomas.dispatch.mailings import diplomas
        from results_portal import links

        links.register("diploma", "diplomas:mine")
        links.register("attestation", "diplomas:attestation")
        links.register("attestation_follow", "diplomas:attestation_follow")
        links.register("verifications", "diplomas:openings")
        editions.register()
        several.register()
        destinations.register("diplomas:mine", _("suivre votre diplôme"))
        destinations.register("diplomas:attestation", _("demander une attestation"))
        destinations.register("diplomas:openings", _("voir les vérifications de vos documents"))
        forgetting.connect(forget)
        mailings_asked.connect(diplomas)
        messages_due.connect(forget_old)
        sending_again.connect(send_again)
        post_migrate.connect(grant_rights, sender=self)
