"""What `candidates` tells the apps that stand above it, without knowing them."""

from django.dispatch import Signal

# Sent inside the transaction that created or changed entries or their candidates.
# Arguments: entry_ids (list of int).
entries_changed = Signal()

# Sent inside the transaction in which a candidate changed their own address: nothing may refuse it.
# Arguments: entry_ids (list of int).
address_changed = Signal()

# Asked for the mailings that depend on where candidates live, or that they may think do.
# Arguments: entries (list of Entry, with session, school and academy), at (instant).
# Receivers return a list of `mailings.Mailing`.
mailings_asked = Signal()

# Sent before messages are sent, and now and then meanwhile: write those that the clock alone makes
# due. Arguments: at (instant, or None for the database's now).
messages_due = Signal()

# Sent inside the transaction of `purge`, while what protects published rows lets them go.
# Arguments: before (date). Receivers forget what is theirs and no entry's, and return how many
# rows of which table, as a dict.
forgetting = Signal()
