"""What `candidates` tells the apps that stand above it, without knowing them."""

from django.dispatch import Signal

# Sent inside the transaction that created or changed entries or their candidates.
# Arguments: entry_ids (list of int).
entries_changed = Signal()
