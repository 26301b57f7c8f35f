"""Signals from `candidates` to the apps above it."""

from django.dispatch import Signal

# Sent inside the transaction that created or changed entries or their candidates.
# Arguments: entry_ids (list of int), and for an import confirmed (the session code that somebody
# typed to confirm it, or ""): receivers may refuse it by `freeze.OpeningSoon`.
entries_changed = Signal()

# Sent inside the transaction in which the office sends a mailing again: receivers send those of
# their kind, and may refuse by a `TransitionError`.
# Arguments: redispatch (ReDispatch), by (user).
sending_again = Signal()

# Sent to collect the mailings that depend on the candidate's address, or may seem to.
# Arguments: entries (list of Entry, with session, school and academy), at (instant).
# Receivers return a list of `mailings.Mailing`.
mailings_asked = Signal()

# Sent before messages are sent, and regularly meanwhile: receivers write those that are due by the
# clock alone, or delete what has been kept long enough. Arguments: at (instant, or None for now).
messages_due = Signal()

# Sent inside the transaction of `purge`, in which published rows may be deleted. Arguments: before
# (date). Receivers delete their rows that belong to no entry, and return a dict of the number of
# rows by table.
forgetting = Signal()
