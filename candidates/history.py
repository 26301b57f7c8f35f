import pghistory
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# Values of "by" in the context of a change made online: by the candidate; for a minor's consent, by
# the legal representative, or by the candidate with the representative's agreement.
BY_CANDIDATE, BY_REPRESENTATIVE, BY_AGREEMENT = "candidate", "representative", "agreement"


def _dated(event):
    at = timezone.localtime(event.pgh_created_at)
    return f"{event._meta.verbose_name}, {date_format(at, 'd/m/Y H:i')}"


def kept_in_history(*, exclude=(), find_by=None):
    """Keep, by triggers, each row of the decorated model as it was before an update or deletion.

    Bulk and plain SQL writes are kept too. The first state is the oldest row kept, or the present
    one. `find_by` names a column by which the history is looked up. No login but the owner's
    changes or removes what is kept (candidates/trail/append_only.py).
    """

    def track(model):
        name = model._meta.verbose_name
        looked_up = [["pgh_created_at"], [find_by] if find_by else ["id", "pgh_id"]]
        meta = {
            "indexes": [models.Index(fields=columns) for columns in looked_up],
            "verbose_name": format_lazy(_("changement ({name})"), name=name),
            "verbose_name_plural": format_lazy(_("changements ({name})"), name=name),
        }
        return pghistory.track(
            pghistory.UpdateEvent("before_update", row=pghistory.Old),
            pghistory.DeleteEvent("before_delete"),
            obj_field=None,
            context_field=pghistory.ContextJSONField(),  # with its row: no row of others changes
            exclude=list(exclude),
            meta=meta,
            attrs={"__str__": _dated},
        )(model)

    return track
