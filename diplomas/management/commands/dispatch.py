from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from candidates.models.requests import TransitionError
from diplomas.dispatch import dispatch, preparation
from diplomas.models import DispatchBatch, Route
from results.management.session_command import SessionCommand


class Command(SessionCommand):
    help = "Put the diplomas of a session that wait into batches; with --seal, seal these batches."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--route", choices=Route.values, help="default: both")
        parser.add_argument("--seal", action="store_true", help="cannot be undone")

    def handle(self, *args, **options):
        session = self.session(options["session"])
        _batches, made = preparation.prepare(session, route=options["route"])
        drafts = DispatchBatch.objects.filter(session=session, sealed_at=None)
        if options["route"]:
            drafts = drafts.filter(route=options["route"])
        refused = []
        for batch in drafts.order_by("pk") if options["seal"] else ():
            try:
                dispatch.seal(batch)
            except TransitionError as problem:
                refused.append(f"{batch.reference} : {problem}")
        if options["verbosity"]:
            self.stdout.write(
                _("%(made)d diplômes préparés ; lots en préparation : %(drafts)d.")
                % {"made": made, "drafts": drafts.count()}
            )
        if refused:
            raise CommandError("\n".join(refused))
