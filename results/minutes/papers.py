"""The minutes and the signature sheet (feuille d'émargement) of a jury, as tagged PDFs."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import override

from results.minutes.contents import Minutes, MinutesLine
from results.models import ROUNDS, VERDICT_LABELS, Verdict, verdict_in_words
from results.score_sheet.sheet import office
from results_portal.documents import html_to_pdf

_FOLDER = "results/pdf/minutes"
_EMPTY_ROWS = 12  # of a signature sheet of which no member was typed


@dataclass(frozen=True)
class PrintedLine:
    """A line as it is printed: `cells`: the mark of each test, in the order of the columns."""

    line: MinutesLine
    cells: list[str]
    points: str
    average: str
    verdict: str


def minutes_pdf(minutes: Minutes) -> bytes:
    """Return the minutes, in French, every page with its number and the heading of its table."""
    with override("fr"):
        tables = [[_row(line, minutes.codes) for line in table] for table in minutes.tables]
        raised = [_row(line, []) for line in minutes.raised]
        counts = [(VERDICT_LABELS[Verdict(verdict)], n) for verdict, n in minutes.counts]
        context = {"tables": tables, "raised": raised, "counts": counts}
        return _pdf("minutes", minutes, context)


def signatures_pdf(minutes: Minutes) -> bytes:
    """Return the sheet that the members of the jury sign, with empty rows for those not typed."""
    members = minutes.sitting.named_members
    return _pdf("signatures", minutes, {"members": members, "empty": range(_EMPTY_ROWS)})


def _pdf(template: str, minutes: Minutes, context: dict[str, object]) -> bytes:
    context |= {
        "minutes": minutes,
        "sitting": minutes.sitting,
        "office": office()["name"],
        "round": dict(ROUNDS)[minutes.round],
    }
    return html_to_pdf.to_pdf(
        html_to_pdf.html(f"{_FOLDER}/{template}.html", context),
        css=html_to_pdf.stylesheet("results/pdf/minutes.css"),
        static=html_to_pdf.static_directories(),
    )


def _row(line: MinutesLine, codes: list[str]) -> PrintedLine:
    marks: dict[str, list[str]] = {}
    for mark in line.marks:
        text = number_format(mark.value / 100, 2) if mark.value is not None else mark.status.value
        if mark.value is not None and mark.status:
            text = f"{text} {mark.status.value}"
        marks.setdefault(mark.test, []).append(text if mark.round == 1 else f"(2) {text}")
    decision = line.decision
    average = decision.average
    return PrintedLine(
        line,
        [" ".join(marks.get(code, [])) for code in codes],
        number_format(line.points, 2) if line.points else "",
        "" if average is None else number_format(average, 2),
        verdict_in_words(decision.verdict, decision.mention),
    )
