import time

from django.core.management.base import BaseCommand

from candidates.messages import outbox
from candidates.models import Message


class Command(BaseCommand):
    help = (
        "Send the e-mails that wait: those that a mail server did not take at once, and the "
        "notices of the releases opened since. Run it every minute, or keep it running with "
        "--every 60; several may run."
    )

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, help="send this many at the most")
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="stay, and look again after so long"
        )

    def handle(self, *args, limit, every, verbosity, **options):
        if lost := Message.objects.unanswered().count():
            self.stdout.write(f"{lost} handed over by a sender that died: see the office")
        while True:
            sent, put_off = outbox.send_due(limit=limit)
            if verbosity > 1 or (verbosity and (sent or put_off)):
                self.stdout.write(f"{sent} sent, {put_off} put off")
            if every is None:
                return
            time.sleep(every)
