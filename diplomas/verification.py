"""Whether a document that somebody holds is one of ours, and what ours says."""

from candidates.throttle import VERIFICATION_FROM_BLOCK, Brake
from results import verification_code
from results.models import PublishedResult, Verdict

PUBLIC = "public"  # the database alias whose role sees open releases only


class MissBrake(Brake):
    """The brake on codes that name no document, by address block."""

    def __init__(self, *, block):
        self.count_under({f"verification\n{block}": VERIFICATION_FROM_BLOCK})


def confirmed(typed, at=None):
    """The published result whose score sheet carries the code `typed`, or None.

    Through the same gate as every public page: nothing before the hour, nothing withdrawn. A
    withheld result has no score sheet, and so no document to confirm.
    """
    code = verification_code.parse(typed)
    if code is None:
        return None
    return (
        PublishedResult.objects.using(PUBLIC)
        .open(at)
        .filter(verification_code=code)
        .exclude(verdict=Verdict.WITHHELD)
        .first()
    )


def superseding(result, at=None):
    """The document that replaced `result`, as {"revision", "issued_at"}, or None while it stands.

    A later result says nothing here but that it exists, and since when.
    """
    last = (
        PublishedResult.objects.using(PUBLIC)
        .open(at)
        .filter(entry=result.entry_id)
        .newest_first()
        .first()
    )
    if last is None or last.pk == result.pk:
        return None
    return {"revision": last.revision, "issued_at": last.document["issued_at"]}
