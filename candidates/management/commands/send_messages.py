import time

from django.core.management.base import BaseCommand

from candidates import outbox


class Command(BaseCommand):
    help = (
        "Send the e-mails that wait. Each page tries its own at once; this sends what a mail "
        "server did not take then. Run it every minute, or keep it running with --every."
    )

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, help="send this many at the most")
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="stay, and look again after so long"
        )

    def handle(self, *args, limit, every, verbosity, **options):
        while True:
            sent, put_off = outbox.send_due(limit=limit)
            if verbosity > 1 or (verbosity and (sent or put_off)):
                self.stdout.write(f"{sent} sent, {put_off} put off")
            if every is None:
                return
            time.sleep(every)
