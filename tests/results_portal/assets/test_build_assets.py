import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command

pytestmark = pytest.mark.long

FIRST_VISIT = ["public.css", "fonts/Marianne-Regular.woff2", "fonts/Marianne-Bold.woff2"]
BYTES_LEFT_FOR_THE_PAGE_AND_ITS_SCRIPT = 12_000


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    call_command("build_assets", to=str(folder), verbosity=0)
    return folder


@pytest.mark.slow
def test_the_first_visit_of_a_page_weighs_less_than_sixty_kilobytes(built):
    sent = sum(len(brotli.compress((built / name).read_bytes())) for name in FIRST_VISIT)
    assert sent + BYTES_LEFT_FOR_THE_PAGE_AND_ITS_SCRIPT < 60_000


def test_every_class_of_a_public_page_that_our_own_sheet_styles_is_built(built):
    own = Path(settings.BASE_DIR, "static/css/portal.css").read_text()
    sheet = (built / "public.css").read_text()
    pages = "".join(
        path.read_text()
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        if "pdf" not in path.parts and "staff" not in path.parts
    )
    styled = {name for name in re.findall(r"\.(portal-[\w-]+)", own) if name in pages}
    assert styled
    assert {name for name in styled if f".{name}" not in sheet} == set()


def test_the_sheet_asks_for_nothing_but_our_own_fonts(built):
    sheet = (built / "public.css").read_text()
    asked = {url for url in re.findall(r"url\([\"']?([^\"')]{0,40})", sheet) if url[:5] != "data:"}
    assert asked == {f"fonts/{path.name}" for path in (built / "fonts").iterdir()}


def test_nothing_is_built_twice_for_the_same_pages(built):
    before = (built / "public.css").stat().st_mtime_ns
    call_command("build_assets", to=str(built), verbosity=0)
    assert (built / "public.css").stat().st_mtime_ns == before


@pytest.mark.slow
def test_an_office_that_is_no_state_service_gets_neither_the_font_nor_the_mark(tmp_path, settings):
    settings.STATE_BRAND, settings.STATE_FONT = "", False
    call_command("build_assets", to=str(tmp_path), verbosity=0)
    sheet = (tmp_path / "public.css").read_text()
    assert "@font-face" not in sheet
    assert ".fr-logo" not in sheet
    assert not list((tmp_path / "fonts").iterdir())
