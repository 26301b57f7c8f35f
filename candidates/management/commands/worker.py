from django.core.management.base import BaseCommand

from candidates.jobs import worker


class Command(BaseCommand):
    help = (
        "Do the long work that the office asks for in the admin (imports, deliberations). It "
        "stays, and takes one job after the other; several may run."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what waits now, then end")

    def handle(self, *args, once, **options):
        worker.work(once=once)
