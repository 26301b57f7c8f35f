"""What the apps are told of the process that they run in."""

from django.dispatch import Signal

# A process that serves pages has begun, in a thread of its own that no request waits for.
worker_started = Signal()
