from results_portal import typeface


def test_a_range_folds_runs_and_keeps_single_characters():
    assert typeface.unicode_range([0x20, 0x21, 0x22, 0x152]) == "U+20-22,U+152"


def test_the_first_font_file_draws_all_that_french_pages_write():
    written = "Élève reçu·e « déjà » : ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ àâæçéèêëîïôœùûüÿ – — … ’ ÷ € n° 10,00 ½"
    missing = {c for c in written + "\u00a0\u202f" if ord(c) not in typeface.COMMON}
    assert missing == set()
