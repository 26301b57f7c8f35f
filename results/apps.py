from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = _("Résultats")
    operator_rights = frozenset({"correct_result"})
    manager_rights = frozenset({"deliberate", "release_results", "add_jurydecision"})
    auditor_rights: frozenset[str] = frozenset()
    administrator_rights: frozenset[str] = frozenset()
    school_head_rights: frozenset[str] = frozenset()
    jury_secretary_rights = frozenset(
        {
            "add_jurydecision",
            "view_decision",
            "view_jurydecision",
            "view_mark",
            "view_publishedresult",
            "view_regulation",
            "view_release",
            "view_test",
        }
    )

    def ready(self):
        from candidates.admin.groups import grant_rights
        from candidates.editions import kinds
        from candidates.identification import destinations
        from candidates.signals import (
            entries_changed,
            mailings_asked,
            messages_due,
        )
        from candidates.trail import readings
        from results import editions
        from results.admin import correction_proposals, release_job, release_proposals, trail
        from results.gate import public
        from results.jury import job as deliberation
        from results.jury import replacement_job
        from results.lists.lists import prepare_worker as prepare_lists
        from results.marks import file_kinds
        from results.minutes import editions as minutes
        from results.publication.mailings import score_sheets
        from results.publication.notices import write_opening_notices
        from results.publication.release import refresh_changed_entries
        from results.score_sheet.warm_up import prepare_worker
        from results.statistics.edition import FIGURES
        from results_portal import links
        from results_portal.signals import worker_started

        links.register("identification", "results:lookup")
        links.register("sign_out", "results:sign_out")
        links.register("result", "results:mine")
        links.register("own_pupils", "results:school")
        links.register("staff_entry", "admin:candidates_entry_change")
        links.register("staff_entries", "admin:candidates_entry_changelist")
        links.register("staff_session", "admin:candidates_session_lifecycle")
        links.register("staff_correction", "admin:candidates_entry_correct")
        trail.register()
        readings.register(entries=public.entries, session=public.session)
        deliberation.register()
        release_job.register()
        release_proposals.register()
        correction_proposals.register()
        editions.register()
        kinds.register(FIGURES)
        minutes.register()
        replacement_job.register()
        file_kinds.register()
        destinations.register("results:consent", _("décider de la publication de votre nom"))
        entries_changed.connect(refresh_changed_entries, dispatch_uid="results.refresh")
        mailings_asked.connect(score_sheets, dispatch_uid="results.publication.mailings")
        messages_due.connect(write_opening_notices, dispatch_uid="results.publication.notices")
        worker_started.connect(prepare_lists, dispatch_uid="results.lists.lists")
        worker_started.connect(prepare_worker, dispatch_uid="results.preparation")
        post_migrate.connect(grant_rights, sender=self)
        if settings.FAST_PATH != "off":
            from results.lists import registration as lists
            from results.result_page import registration as result_page
            from results_portal.serving.registry import registry

            lists.register(registry)
            result_page.register(registry)
