import pghistory
from django.db import models


def kept_in_history(*, exclude=(), find_by=None):
    """Class decorator: triggers keep each row as it was before every update or deletion.

    Bulk and plain SQL writes leave their trace too; the first state needs none, it is the oldest
    row kept, or the present one. `find_by` names a column under which the history is looked up.
    """
    indexes = [models.Index(fields=[find_by])] if find_by else []
    return pghistory.track(
        pghistory.UpdateEvent("before_update", row=pghistory.Old),
        pghistory.DeleteEvent("before_delete"),
        obj_field=None,
        exclude=list(exclude),
        meta={"indexes": indexes},
    )
