"""A pile of envelopes is scanned by hand or from photographs, read, and noted in one go."""

import datetime
import io
import random

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from candidates.models import Message
from diplomas import codes
from diplomas.models import CustodyEvent, Diploma, DispatchBatch, EventKind, Route
from diplomas.scanning import pile
from diplomas.scanning.pile import Scan
from tests import factories
from tests.diplomas import dispatched
from tests.staff import client_of, member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

NPAI = {"cause": CustodyEvent.Cause.UNKNOWN_ADDRESS}


def page_for(kind, **asked):
    asked = {"kind": kind, "cause": "NPAI", "day": timezone.localdate().isoformat(), **asked}
    return reverse("admin:diplomas_diploma_scanner", query=asked)


@pytest.fixture
def posted():
    """The codes of three diplomas that were posted."""
    for name in ("ABEL", "BENOIT", "CARON"):
        dispatched.at_home(name, email=f"{name}@exemple.fr")
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="SENT")
    return [codes.of_diploma(diploma) for diploma in batch.diplomas.order_by("pk")]


def scan(client, page, code, before="", **button):
    """One press of Enter; return the answer and the pile that the page then holds."""
    answer = client.post(page, {"code": code, "pile": before, **button}, follow=True)
    return answer, answer.context["pile_form"]["pile"].value()


def test_each_enter_adds_to_the_pile_and_nothing_is_written_before_one_confirmation(posted):
    operator, page, kept = client_of("operator"), page_for("RETURNED"), ""
    assert "autofocus" in text_of(operator.get(page))
    for code in (*posted, posted[0].lower()):
        answer, kept = scan(operator, page, code, kept)
    assert "À noter : 3" in text_of(answer)
    _answer, kept = scan(operator, page, "", kept, _undo="1")
    assert kept.split() == posted[:2]
    assert not CustodyEvent.objects.filter(kind="RETURNED").exists()
    answer, _kept = scan(operator, page, "", kept, _note="1")
    assert messages_of(answer) == ["2 diplômes notés."]
    assert answer.redirect_chain[0][0] == page
    events = CustodyEvent.objects.filter(kind="RETURNED")
    assert {(event.cause, event.by.username) for event in events} == {("NPAI", "operator")}
    assert Message.objects.filter(key__contains=" returned ").count() == 2
    answer, _kept = scan(operator, page, "", kept, _note="1")
    assert messages_of(answer) == ["Rien n’était à noter."]
    assert events.count() == 2


def test_what_a_code_cannot_do_is_said_plainly_and_the_others_go(posted):
    later = factories.session("BTS-2027", year=2027)
    dispatched.at_home("AUTRE", session=later)
    dispatched.released(later)
    other = dispatched.batch(Route.HOME, stage="SENT", session=later).diplomas.get()
    session = factories.session()
    pile.note(
        posted[:1],
        Scan(EventKind.RETURNED, timezone.localdate(), None, NPAI),
        by=member("manager"),
    )
    unknown = codes.of_diploma(Diploma(pk=99_999_999))
    misread = posted[1][:-2] + "ZZ"
    a_list = codes.of_batch(DispatchBatch.objects.first())
    texts = [posted[0], posted[1], codes.of_diploma(other), unknown, misread, a_list, "https://x"]
    asked = Scan(EventKind.RETURNED, timezone.localdate(), session, NPAI)
    said = {row.text: str(row.refused) for row in pile.look(texts, asked)}
    assert {text: words.split(" :")[0].split("\xa0:")[0] for text, words in said.items()} == {
        posted[0]: "déjà noté",
        posted[1]: "",
        codes.of_diploma(other): "autre session",
        unknown: "inconnu ici",
        misread: "mal lu, ou pas le code d’une lettre de diplôme",
        a_list: "un bordereau ne se scanne qu’à l’arrivée\u202f; scannez chaque lettre",
        "https://x": "mal lu, ou pas le code d’une lettre de diplôme",
    }
    collected = Scan(EventKind.COLLECTED, timezone.localdate())
    assert "pas possible maintenant" in pile.look([posted[1]], collected)[0].refused
    too_early = Scan(EventKind.RETURNED, dispatched.SENT_ON - datetime.timedelta(1), None, NPAI)
    assert "avant son étape précédente" in pile.look([posted[1]], too_early)[0].refused
    moved = pile.note(texts, asked, by=member("manager"))
    assert [codes.of_diploma(diploma) for diploma in moved] == [posted[1]]


def test_a_list_that_arrives_stands_for_all_its_diplomas_that_are_under_way():
    entries = [dispatched.at_school(name) for name in ("ABEL", "BENOIT")]
    dispatched.released()
    batch = dispatched.batch(stage="SENT")
    operator, page, code = client_of("operator"), page_for("ARRIVED"), codes.of_batch(batch)
    answer, kept = scan(operator, page, code)
    assert "bordereau, 2 diplômes en route" in text_of(answer)
    assert messages_of(scan(operator, page, "", kept, _note="1")[0]) == ["2 diplômes notés."]
    assert {dispatched.diploma_of(entry).state for entry in entries} == {"ARRIVED"}
    assert "rien n’est en route" in text_of(scan(operator, page, code)[0])
    collected = page_for("COLLECTED")
    mine = codes.of_diploma(dispatched.diploma_of(entries[0]))
    assert messages_of(scan(operator, collected, "", mine, _note="1")[0]) == ["1 diplôme noté."]


@pytest.mark.parametrize(
    ("role", "status"), [("operator", 200), ("manager", 200), ("secretary", 403), ("auditor", 403)]
)
def test_the_scanner_is_for_who_may_note_what_happened(role, status):
    page = reverse("admin:diplomas_diploma_scanner")
    assert client_of(role).get(page).status_code == status
    assert client_of(role).post(page_for("RETURNED"), {"code": "X"}).status_code == status


def test_wrong_settings_and_wrong_files_are_refused_in_words(posted):
    operator = client_of("operator")
    for asked in ({"day": "2999-01-01"}, {"day": ""}, {"cause": "X"}, {"session": "0"}):
        assert operator.get(page_for("RETURNED", **asked)).context["form"].errors
    assert operator.get(page_for("SENT_AGAIN")).context["form"].errors
    page, kept = page_for("RETURNED"), " ".join(posted)
    for content, words in ((b"not a picture", "n’a pas pu être lue"), (white(), "Aucun code")):
        answer = operator.post(page, {"pile": kept, "photographs": [file(content)], "_note": "1"})
        assert words in text_of(answer)
        assert answer.context["ready"] == 3
    assert not CustodyEvent.objects.filter(kind="RETURNED").exists()
    many = [file(b"x") for _n in range(9)]
    assert "8 photos au plus" in text_of(operator.post(page, {"pile": kept, "photographs": many}))


def file(content):
    return SimpleUploadedFile("pile.jpg", content, content_type="image/jpeg")


def white():
    return jpeg(Image.new("L", (400, 300), 255))


def jpeg(picture):
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=80)
    return output.getvalue()


@pytest.mark.slow
def test_two_hundred_returned_letters_are_noted_from_four_photographs(tmp_path):
    for n in range(200):
        dispatched.at_home(f"RETOUR{n}")
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="SENT")
    dispatched.letters_of(batch, tmp_path)
    files = sorted((tmp_path / "lettres").glob("*.pdf"))
    letters = [page for path in files for page in pypdfium2.PdfDocument(path)]
    assert len(letters) == 200
    photographs = [file(photograph(letters, first)) for first in range(0, 200, 50)]
    operator, page = client_of("operator"), page_for("RETURNED")
    read = operator.post(page, {"code": "", "pile": "", "photographs": photographs})
    assert (read.context["ready"], read.context["refused"]) == (200, 0)
    assert not Diploma.objects.filter(state="RETURNED").exists()
    kept = read.context["pile_form"]["pile"].value()
    with CaptureQueriesContext(connection) as made:
        answer = operator.post(page, {"code": "", "pile": kept, "_note": "1"}, follow=True)
    assert messages_of(answer) == ["200 diplômes notés."]
    assert Diploma.objects.filter(state="RETURNED").count() == 200
    assert len(made) < 40


def photograph(letters, first, *, columns=10):
    """Fifty of the printed letters on a table, as a camera sees their upper right part."""
    chance = random.Random(first)
    picture = Image.new("L", (4000, 3000), 190)
    for place in range(50):
        sheet = letters[first + place].render(scale=2.2).to_pil().convert("L")
        width, height = sheet.size
        seen = sheet.crop((width // 2, 0, width, height // 3))
        seen = seen.rotate(chance.uniform(-9, 9), expand=True, fillcolor=190)
        seen.thumbnail((395, 590))
        x, y = place % columns * 400, place // columns * 600
        picture.paste(seen, (x, y))
    noise = Image.effect_noise(picture.size, 22)
    return jpeg(Image.blend(picture, noise, 0.12))
