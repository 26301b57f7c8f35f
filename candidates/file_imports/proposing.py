"""The import of a file as an act of two people: the file stays until the proposal ends."""

from collections.abc import Mapping
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from candidates.file_imports import checking
from candidates.models import FileImport, Job, Proposal, Session
from candidates.proposals import acts, kinds
from candidates.proposals.kinds import Lapsed, NotSure

KIND = "file"


def register() -> None:
    template = "admin/candidates/fileimport/proposal.html"
    kinds.register(kinds.ProposalKind(KIND, template, _show, _act, _address))


def propose(row: FileImport, *, by: Any) -> Proposal:
    """Propose the import of a checked file of a session. Raises `AlreadyProposed`."""
    session = cast(Session, row.session)  # as every kind has that takes two people
    return acts.propose(
        KIND,
        label=_("importer %(name)s (%(label)s)") % {"name": row.name, "label": row.label},
        session=session,
        by=by,
        things=[f"file {row.pk}"],
        payload={},
        digest=row.digest,
        file_import=row,
    )


def _row(proposal: Proposal) -> FileImport:
    row = FileImport.objects.select_related("session").get(proposals=proposal)
    if row.state != FileImport.State.READY or row.digest != proposal.digest:
        raise Lapsed([_("Le contrôle du fichier a été refait depuis la proposition.")])
    return row


def _show(proposal: Proposal) -> dict[str, Any]:
    row = _row(proposal)
    report = row.report
    return {"row": row, "doubts": report.get("doubts"), "code": report.get("code")}


def _act(proposal: Proposal, posted: Mapping[str, str]) -> Job | None:
    row = _row(proposal)
    typed = posted.get("confirmed", "").replace("\0", "").strip()
    if "doubts" in row.report and typed != row.report["code"]:
        raise NotSure([_("Tapez le code de la session pour confirmer.")])
    checking.ask(row, checking.IMPORT, by=proposal.proposed_by, confirmed=typed)
    return row.job


def _address(proposal: Proposal) -> str:
    return reverse("admin:candidates_fileimport_change", args=[proposal.file_import_id])
