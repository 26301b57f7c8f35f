"""A file from outside costs the server nothing, whatever it holds."""

import fcntl
import io
import resource
import zipfile
from contextlib import ExitStack

import pikepdf
import pytest
from PIL import Image

from results_portal.uploads import sandbox
from results_portal.uploads.picture_maker import LONGEST_SIDE, MOST_PAGES, Refusal
from tests.candidates import papers
from tests.candidates.papers import upload


def opened(content):
    with zipfile.ZipFile(io.BytesIO(sandbox.pictures_of(upload(content)))) as pictures:
        return [Image.open(io.BytesIO(pictures.read(name))) for name in pictures.namelist()]


def why_not(content):
    with pytest.raises(sandbox.NoPicture) as refused:
        sandbox.pictures_of(upload(content))
    return refused.value.why


def memory():
    """Megabytes that this process has ever taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def test_each_page_of_a_document_is_a_picture_of_legible_size():
    def three_pages(document):
        document.add_blank_page(page_size=(595, 842))
        document.add_blank_page(page_size=(14_400, 3))

    sizes = [picture.size for picture in opened(papers.pdf(change=three_pages))]
    assert [max(size) for size in sizes] == [LONGEST_SIDE] * 3


def test_a_photograph_is_a_picture_upright_and_without_its_place_and_hour():
    taken, turned = io.BytesIO(), Image.Exif()
    turned[0x0112], turned[0x010F] = 6, "Appareil"  # to turn a quarter; maker
    Image.new("RGB", (400, 300), "white").save(taken, "JPEG", exif=turned)
    (picture,) = opened(taken.getvalue())
    assert picture.size == (300, 400)
    assert not dict(picture.getexif())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_images_of_every_kind_become_pictures(mode):
    output = io.BytesIO()
    Image.new(mode, (40, 30)).save(output, "PNG")
    (picture,) = opened(output.getvalue())
    assert (picture.mode, picture.size) == ("RGB", (40, 30))


@pytest.mark.long
def test_what_a_file_would_do_is_left_behind():
    for change in (papers.with_script, papers.with_named_script, papers.with_attachment):
        made = sandbox.pictures_of(upload(papers.pdf(change=change)))
        assert b"JavaScript" not in made
        assert b"attached" not in made
        assert sandbox.count(io.BytesIO(made)) == 1


def misnamed(value):
    return papers.pdf(change=lambda document: document.Root.__setitem__("/Names", value))


@pytest.mark.parametrize("value", [5, pikepdf.Array([1, 2]), pikepdf.Name.Odd])
def test_odd_documents_are_opened_or_refused_and_nothing_else(value):
    assert len(opened(misnamed(value))) == 1


@pytest.mark.long
def test_too_many_pages_and_damage_are_told_apart():
    def eleven_pages(document):
        for _page in range(MOST_PAGES):
            document.add_blank_page()

    assert why_not(papers.pdf(change=eleven_pages)) is Refusal.TOO_MANY_PAGES
    assert why_not(papers.pdf()[:200]) is Refusal.DAMAGED
    assert why_not(papers.image("PNG")[:60]) is Refusal.DAMAGED
    assert why_not(papers.locked()) is Refusal.LOCKED


@pytest.mark.slow
def test_a_document_of_3_kb_that_unpacks_to_gigabytes_is_refused_in_little_memory():
    content, before = papers.heavy_pdf(), memory()
    assert len(content) < 3100
    assert why_not(content) is Refusal.TOO_HEAVY
    assert memory() - before < 20


@pytest.mark.slow
def test_a_photograph_that_would_take_a_minute_to_decode_is_given_up():
    content = papers.slow_jpeg()
    assert len(content) < 400_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert why_not(content) is Refusal.TOO_HEAVY
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 8


def test_two_files_are_opened_at_once_on_a_host_and_the_third_is_not(settings):
    settings.LOCKS_DIR.mkdir(parents=True, exist_ok=True)
    with ExitStack() as others:
        for number in range(sandbox.AT_ONCE):
            lock = others.enter_context((settings.LOCKS_DIR / f"upload-{number}").open("ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(sandbox.TooManyAtOnce):
            sandbox.pictures_of(upload(papers.pdf()))
    assert sandbox.pictures_of(upload(papers.pdf()))
