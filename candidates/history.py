import pghistory
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

BY_CANDIDATE = "candidate"  # in the context of a change, under "by": candidates made it themselves


def kept_in_history(*, exclude=(), find_by=None):
    """Class decorator: triggers keep each row as it was before every update or deletion.

    Bulk and plain SQL writes leave their trace too; the first state needs none, it is the oldest
    row kept, or the present one. `find_by` names a column under which the history is looked up.
    """

    def track(model):
        name = model._meta.verbose_name
        meta = {
            "indexes": [models.Index(fields=[find_by])] if find_by else [],
            "verbose_name": format_lazy(_("changement ({name})"), name=name),
            "verbose_name_plural": format_lazy(_("changements ({name})"), name=name),
        }
        return pghistory.track(
            pghistory.UpdateEvent("before_update", row=pghistory.Old),
            pghistory.DeleteEvent("before_delete"),
            obj_field=None,
            exclude=list(exclude),
            meta=meta,
        )(model)

    return track
