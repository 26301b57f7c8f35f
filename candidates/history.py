from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pgtrigger import AnyChange

# Values of "by" in the context of a change made online: by the candidate; for a minor's consent, by
# the legal representative, or by the candidate with the representative's agreement.
BY_CANDIDATE, BY_REPRESENTATIVE, BY_AGREEMENT = "candidate", "representative", "agreement"

CREATED, DELETED = "created", "before_delete"  # labels of events


@contextmanager
def signed(**metadata: Any) -> Iterator[None]:
    """Have changes say who made them and why, on top of what a page or command says already.

    pghistory's own inner context would go on after its end: what comes later in the same request
    or command would have the author and the reason of what came before.
    """
    with pghistory.context() as context:
        before = dict(context.metadata)
        context.metadata.update(metadata)
        try:
            yield
        finally:
            context.metadata.clear()
            context.metadata.update(before)


def _dated(event):
    at = timezone.localtime(event.pgh_created_at)
    return f"{event._meta.verbose_name}, {date_format(at, 'd/m/Y H:i')}"


def kept_in_history(*, exclude=(), find_by=None, from_the_first=False, secrets=()):
    """Keep, by triggers, each row of the decorated model as it was before an update or deletion.

    Bulk and plain SQL writes are kept too. The first state is the oldest row kept, or the present
    one. `find_by` names a column by which the history is looked up. No login but the owner's
    changes or removes what is kept (candidates/trail/append_only.py).
    With `from_the_first`, the creation of a row is kept as well. A change of a column in `secrets`
    is kept, and none of its values.
    """

    def track(model):
        name = model._meta.verbose_name
        looked_up = [["pgh_created_at"], [find_by] if find_by else ["id", "pgh_id"]]
        meta = {
            "indexes": [models.Index(fields=columns) for columns in looked_up],
            "verbose_name": format_lazy(_("changement ({name})"), name=name),
            "verbose_name_plural": format_lazy(_("changements ({name})"), name=name),
        }
        trackers: list[pghistory.Tracker] = []
        if from_the_first:
            trackers.append(pghistory.InsertEvent(CREATED))
        trackers += [
            pghistory.UpdateEvent(f"new_{name}", row=pghistory.Old, condition=AnyChange(name))
            for name in secrets
        ]
        return pghistory.track(
            pghistory.UpdateEvent("before_update", row=pghistory.Old),
            pghistory.DeleteEvent(DELETED),
            *trackers,
            app_label="candidates" if model._meta.proxy else None,
            obj_field=None,
            context_field=pghistory.ContextJSONField(),  # with its row: no row of others changes
            exclude=list(exclude),
            meta=meta,
            attrs={"__str__": _dated},
        )(model)

    return track
