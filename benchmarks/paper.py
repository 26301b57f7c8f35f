"""Score sheets on demand and in print runs, compared with plain WeasyPrint."""

import gc
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import django
import weasyprint

from benchmarks.memory import Memory
from benchmarks.people import people
from benchmarks.steps import SESSION
from benchmarks.table import Row, at_most, compared
from candidates.models import Session
from results.gate import lookup
from results.score_sheet.printing import open_score_sheets, print_score_sheets, to_print
from results.score_sheet.sheet import STYLESHEET, render_score_sheet, score_sheet_html
from results.score_sheet.warm_up import prepare
from results_portal.documents import html_to_pdf, seal

SHEETS = 10
MEGABYTES = 500
PROCESSES = 2
MOST = 60_000  # sheets of a print run: the time for each does not depend on their number


def measure():
    results = [lookup.result_of(person.entry_id) for person in people(SHEETS)]
    took = seconds_each(lambda _: prepare(), [None])
    yield Row("what each worker prepares when it begins", f"{took * 1000:.4g} ms")
    gc.collect()
    gc.freeze()  # as a worker does then
    first = seconds_each(stamped, results[:1])
    yield Row("first score sheet of a worker", f"{first * 1000:.4g} ms")
    for result in results:
        stamped(result)  # so that its strips are known
    seconds, plain = seconds_each(stamped, results), seconds_each(by_weasyprint, results)
    yield compared("score sheet on demand", seconds * 1000, plain * 1000, "ms", most=1 / 50)
    files = [*map(stamped, results)]
    sealed(files[0])
    yield at_most("seal on a score sheet", seconds_each(sealed, files) * 1000, 5, "ms")
    yield from batch()


def batch():
    """Yield rows on the print run of a session by new processes, their start included."""
    fresh = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=django.setup)
    with Memory() as memory, fresh:
        report, rate = fresh.submit(print_run).result()
    results = open_score_sheets(Session.objects.get(code=SESSION))
    yield Row(
        f"print run of {report.documents} score sheets of {results.count()}",
        f"{rate:.0f} sheets/s",
        f"{report.slow} laid out by WeasyPrint",
        target="≥ 1000 sheets/s",
        met=rate >= 1000,
    )
    yield at_most("memory of all its processes together", memory.together, MEGABYTES, "MB")
    yield Row("memory of the largest of them", f"{memory.largest:.4g} MB")


def print_run():
    """Return the report of a print run, and its sheets per second."""
    sheets = islice(to_print(open_score_sheets(Session.objects.get(code=SESSION))), MOST)
    with tempfile.TemporaryDirectory() as directory:
        began = time.perf_counter()
        report = print_score_sheets(sheets, directory, processes=PROCESSES)
        return report, report.documents / (time.perf_counter() - began)


def stamped(result):
    return render_score_sheet(lookup.shown_document(result), code=result.verification_code)


def sealed(file):
    return seal.seal(file, reason="Relevé de notes")


def by_weasyprint(result):
    """Render the same markup and style with WeasyPrint, nothing prepared."""
    markup = score_sheet_html(lookup.shown_document(result), code=result.verification_code)
    css = weasyprint.CSS(string=html_to_pdf.stylesheet(STYLESHEET))
    return weasyprint.HTML(string=markup).write_pdf(stylesheets=[css], pdf_variant="pdf/ua-1")


def seconds_each(work, given):
    """Return the mean seconds of `work` for each of `given`."""
    given = list(given)
    began = time.perf_counter()
    for one in given:
        work(one)
    return (time.perf_counter() - began) / len(given)
