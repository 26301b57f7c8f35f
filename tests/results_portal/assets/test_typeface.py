from pathlib import Path

from django.conf import settings

from results_portal.assets import typeface


def test_a_range_folds_runs_and_keeps_single_characters():
    assert typeface.unicode_range([0x20, 0x21, 0x22, 0x152]) == "U+20-22,U+152"


def test_the_first_font_file_draws_all_that_french_pages_write():
    written = "Élève reçu·e « déjà » : ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ àâæçéèêëîïôœùûüÿ – — … ’ ÷ € n° 10,00 ½"
    assert missing(written + "\u00a0\u202f") == set()


def test_no_page_of_ours_makes_the_browser_fetch_the_second_font_file():
    """Staff pages have fonts of the machine."""
    root = Path(settings.BASE_DIR)
    sources = [*root.glob("templates/**/*.html"), root / "static/css/portal.css"]
    written = "".join(path.read_text() for path in sources if not {"pdf", "admin"} & {*path.parts})
    assert missing(written) == set()


def missing(text):
    return {c for c in text if c.isprintable() and ord(c) not in typeface.COMMON}
