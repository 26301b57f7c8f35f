from django.apps import AppConfig
from django.core import checks


class PortalConfig(AppConfig):
    name = "results_portal"

    def ready(self):
        from results_portal import deployment_checks
        from results_portal.documents.seal import check_seal

        checks.register(check_seal, checks.Tags.security, deploy=True)
        deployment_checks.register()
