import csv
import os
from dataclasses import dataclass

import pikepdf
import pytest

from results_portal.printing.files import HtmlPrintLayout, PrintDocument, Unprintable
from results_portal.printing.run import OtherRun, print_documents
from results_portal.printing.workers import WorkerLost
from tests.results.pages import texts

pytestmark = pytest.mark.long

LAYOUT = HtmlPrintLayout(css="@page { size: A4 } h2 { break-before: page }", pages=1)


def sheets(*words):
    return [
        PrintDocument(
            name, f"<html lang='fr'><title>{name}</title><p>{name}</p></html>", (name.upper(),)
        )
        for name in words
    ]


def printed(given, directory, **options):
    defaults = {"run": "essai", "layout": LAYOUT, "columns": ["nom"], "prefix": "lots"}
    defaults |= {"processes": 1, "batch_size": 2}
    return print_documents(given, directory, **(defaults | options))


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def times(directory):
    return {path.name: path.stat().st_mtime_ns for path in directory.iterdir()}


def pages(directory, name):
    return texts((directory / name).read_bytes())


def index(directory):
    with (directory / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def test_documents_are_batched_in_the_order_given(tmp_path):
    report = printed(sheets("un", "deux", "trois"), tmp_path)
    assert report.documents == 3
    assert report.written == ["lots-0001.pdf", "lots-0002.pdf"]
    assert pages(tmp_path, "lots-0001.pdf") == ["un", "deux"]
    assert pages(tmp_path, "lots-0002.pdf") == ["trois"]


def test_the_index_says_where_each_document_is(tmp_path):
    printed(sheets("un", "deux", "trois"), tmp_path)
    assert index(tmp_path) == [
        ["position", "fichier", "page", "nom"],
        ["1", "lots-0001.pdf", "1", "UN"],
        ["2", "lots-0001.pdf", "2", "DEUX"],
        ["3", "lots-0002.pdf", "1", "TROIS"],
    ]


def test_the_same_run_twice_changes_nothing(tmp_path):
    printed(sheets("un", "deux", "trois"), tmp_path)
    before = times(tmp_path)
    report = printed(sheets("un", "deux", "trois"), tmp_path)
    assert (report.written, report.kept) == ([], ["lots-0001.pdf", "lots-0002.pdf"])
    assert times(tmp_path) == before


def test_a_run_that_stopped_goes_on_where_it_was(tmp_path):
    given = sheets("un", "deux", "trois", "quatre")
    printed(given, tmp_path)
    whole = contents(tmp_path)
    (tmp_path / "lots-0002.pdf").unlink()
    (tmp_path / "lots-0002.pdf.part").write_bytes(b"half a file")
    (tmp_path / "index.csv").unlink()
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    report = printed(given, tmp_path)
    assert (report.written, report.kept) == (["lots-0002.pdf"], ["lots-0001.pdf"])
    assert contents(tmp_path) == whole


def test_a_file_somebody_damaged_is_printed_again(tmp_path):
    printed(sheets("un"), tmp_path)
    whole = contents(tmp_path)
    (tmp_path / "lots-0001.pdf").write_bytes(b"%PDF-1.7")
    assert printed(sheets("un"), tmp_path).written == ["lots-0001.pdf"]
    assert contents(tmp_path)["lots-0001.pdf"] == whole["lots-0001.pdf"]


def test_only_the_files_whose_content_changed_are_printed_again(tmp_path):
    printed(sheets("un", "deux", "trois"), tmp_path)
    report = printed(sheets("un", "deux", "quatre"), tmp_path)
    assert (report.written, report.kept) == (["lots-0002.pdf"], ["lots-0001.pdf"])
    assert pages(tmp_path, "lots-0002.pdf") == ["quatre"]


def test_another_layout_prints_everything_again(tmp_path):
    printed(sheets("un"), tmp_path)
    other = HtmlPrintLayout(css=LAYOUT.css + "p { color: red }", pages=1)
    assert printed(sheets("un"), tmp_path, layout=other).written == ["lots-0001.pdf"]


def test_files_no_longer_of_the_run_are_removed_and_no_others(tmp_path):
    printed(sheets("un", "deux", "trois"), tmp_path)
    (tmp_path / "note.txt").write_text("not ours")
    report = printed(sheets("un", "deux"), tmp_path)
    assert report.removed == ["lots-0002.pdf"]
    assert set(contents(tmp_path)) == {"index.csv", "journal.jsonl", "note.txt", "lots-0001.pdf"}


def test_a_directory_is_for_one_run_only(tmp_path):
    printed(sheets("un"), tmp_path)
    before = contents(tmp_path)
    with pytest.raises(OtherRun, match="essai"):
        printed(sheets("deux"), tmp_path, run="autre")
    assert contents(tmp_path) == before


def test_each_document_may_have_a_tagged_file_of_its_own(tmp_path):
    report = printed(sheets("un", "deux"), tmp_path, one_file_each=True)
    assert report.written == ["lots-deux.pdf", "lots-un.pdf"]
    with pikepdf.open(tmp_path / "lots-un.pdf") as one:
        assert one.Root.MarkInfo.Marked


def test_a_document_that_does_not_fit_is_named(tmp_path):
    long = PrintDocument("douze", "<html lang='fr'><p>un</p><h2>deux</h2></html>", ("DOUZE",))
    with pytest.raises(Unprintable, match="douze: 2 pages instead of 1"):
        printed([*sheets("un", "deux"), long], tmp_path)
    assert "lots-0001.pdf" in contents(tmp_path)
    assert "index.csv" not in contents(tmp_path)


def test_several_processes_print_what_one_prints(tmp_path):
    given = sheets(*"abcdefg")
    printed(given, tmp_path / "one")
    report = printed(given, tmp_path / "two", processes=2)
    assert len(report.written) == 4
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert {name: one[name] for name in [*report.written, "index.csv"]} == {
        name: two[name] for name in [*report.written, "index.csv"]
    }


@dataclass(frozen=True)
class Killed(HtmlPrintLayout):
    def write(self, file, path):
        os._exit(1)


@dataclass(frozen=True)
class Signed:
    """A layout whose files say which process wrote them."""

    pages: int = 1

    def prepare(self):
        """Nothing to prepare."""

    def learn(self, examples):
        """Nothing to learn."""

    def write(self, file, path):
        path.write_text(str(os.getpid()))
        return 0


@pytest.mark.parametrize(("number", "is_few"), [(30, True), (31, False)])
def test_a_few_documents_start_no_other_process(number, is_few, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    given = sheets(*(f"n{rank:02d}" for rank in range(number)))
    report = printed(given, tmp_path, layout=Signed(), processes=None, batch_size=10)
    assert report.documents == number
    writers = {int((tmp_path / name).read_text()) for name in report.written}
    assert (writers == {os.getpid()}) == is_few


def test_a_process_that_is_killed_ends_the_run(tmp_path):
    with pytest.raises(WorkerLost):
        printed(sheets(*"abcdefg"), tmp_path, processes=2, layout=Killed(css=""))


def test_a_document_that_does_not_fit_is_named_by_several_processes_too(tmp_path):
    long = PrintDocument("douze", "<html lang='fr'><p>un</p><h2>deux</h2></html>", ("DOUZE",))
    with pytest.raises(Unprintable, match="douze: 2 pages instead of 1"):
        printed([*sheets("un", "deux"), long], tmp_path, processes=2)


def test_progress_counts_the_documents_done(tmp_path):
    counts = []
    printed(sheets("un", "deux", "trois"), tmp_path, progress=counts.append)
    assert counts == [2, 3]


def test_nothing_to_print_leaves_an_index_with_its_header_only(tmp_path):
    assert printed([], tmp_path).documents == 0
    assert len(index(tmp_path)) == 1


def test_a_directory_made_for_a_run_is_closed_to_others(tmp_path):
    printed(sheets("un"), tmp_path / "releves")
    assert (tmp_path / "releves").stat().st_mode & 0o077 == 0
