from functools import partial

from django.core.management.base import BaseCommand

from candidates.locks import taken_for_sender
from candidates.messages import outbox, sender
from candidates.models import Message


class Command(BaseCommand):
    help = (
        "Send the e-mails that wait and the notices of the releases opened since. With --every it "
        "stays, and sends each new message at once; several may run."
    )

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, help="send this many at the most, then end")
        parser.add_argument(
            "--every",
            type=int,
            metavar="SECONDS",
            help="stay, woken by each new message, and look again after so long at least",
        )

    def handle(self, *args, limit, every, verbosity, **options):
        told = partial(self._tell, verbosity)
        if every is not None:
            sender.send_for_ever(every=every, begin=self._tell_lost, told=told)
        with taken_for_sender():
            self._tell_lost()
            told(*outbox.send_due(limit=limit))

    def _tell_lost(self):
        if lost := Message.objects.unanswered().count():
            self.stdout.write(f"{lost} handed over by a sender that died: see the office")

    def _tell(self, verbosity, sent, put_off):
        if verbosity > 1 or (verbosity and (sent or put_off)):
            self.stdout.write(f"{sent} sent, {put_off} put off")
