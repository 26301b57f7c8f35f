"""One score sheet on demand, beside what WeasyPrint takes for the same page asked plainly."""

import time

import weasyprint

from benchmarks.people import people
from benchmarks.table import compared
from results import lookup
from results.score_sheet import STYLESHEET, render_score_sheet, score_sheet_html
from results_portal import pdf

SHEETS = 10


def measure():
    results = [lookup.result_of(person.entry_id) for person in people(SHEETS)]
    ours(results[0])
    seconds, plain = seconds_each(ours, results), seconds_each(plainly, results)
    yield compared("score sheet on demand", seconds * 1000, plain * 1000, "ms", most=1 / 50)


def ours(result):
    return render_score_sheet(lookup.shown_document(result), code=result.verification_code)


def plainly(result):
    """The same markup and style, given to WeasyPrint with nothing prepared."""
    markup = score_sheet_html(lookup.shown_document(result), code=result.verification_code)
    css = weasyprint.CSS(string=pdf.stylesheet(STYLESHEET))
    return weasyprint.HTML(string=markup).write_pdf(stylesheets=[css], pdf_variant="pdf/ua-1")


def seconds_each(work, results):
    began = time.perf_counter()
    for result in results:
        work(result)
    return (time.perf_counter() - began) / len(results)
