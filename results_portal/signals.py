"""Signals about the process that the apps run in."""

from django.dispatch import Signal

# Sent when a process that serves pages has started, in a thread that no request waits for.
worker_started = Signal()
