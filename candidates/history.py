import pghistory


def kept_in_history(*, exclude=()):
    """Class decorator: triggers keep each row as it was before every update or deletion.

    Bulk and plain SQL writes leave their trace too; the first state needs none, it is the oldest
    row kept, or the present one.
    """
    return pghistory.track(
        pghistory.UpdateEvent("before_update", row=pghistory.Old),
        pghistory.DeleteEvent("before_delete"),
        obj_field=None,
        exclude=list(exclude),
    )
