import struct
import zlib

import pytest

from candidates.civil_status import proofs
from candidates.civil_status.proofs import LARGEST, BadProof, kind_of
from candidates.models import IdentityRequest
from tests.candidates import papers
from tests.candidates.papers import upload
from tests.diplomas.old_sessions import Free

Kind = IdentityRequest.ProofType


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (papers.pdf(), Kind.PDF),
        (papers.image("JPEG"), Kind.JPEG),
        (papers.image("PNG"), Kind.PNG),
    ],
)
@pytest.mark.parametrize("name", ["piece.pdf", "photo.JPG", "sans-extension", "x.svg"])
def test_a_file_is_told_by_what_it_holds_whatever_its_name(content, kind, name):
    assert kind_of(upload(content, name)) == kind


def a_bomb():
    """A small PNG that says it is 100,000 points wide and high."""

    def chunk(name, data):
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (papers.SVG, "ni un PDF"),
        (b"<html><script>alert(1)</script>", "ni un PDF"),
        (b"MZ\x90\x00", "ni un PDF"),
        (b"GIF89a", "ni un PDF"),
        (b" %PDF-1.7", "ni un PDF"),
        (b"%PDF-1.7\n" + papers.SVG, "abîmé"),
        (papers.pdf()[:200], "abîmé"),
        (papers.locked(), "mot de passe"),
        (papers.pdf(change=lambda document: document.pages.__delitem__(0)), "abîmé"),
        (b"\xff\xd8\xff" + papers.SVG, "abîmé"),
        (papers.image("JPEG")[:300], "abîmé"),
        (papers.image("PNG")[:60], "abîmé"),
        (a_bomb(), "trop de points"),
        (papers.image("PNG", (8000, 8000), "1"), "trop de points"),
    ],
)
def test_what_is_no_proof_is_refused_in_words(content, said):
    with pytest.raises(BadProof, match=said):
        check(upload(content))


def check(file):
    kind_of(file)
    proofs.pictures_of(file, throttle=Free())


class Blocked(Free):
    blocked = True


def test_whoever_has_files_opened_again_and_again_is_asked_to_come_back():
    with pytest.raises(BadProof, match="réessayez plus tard"):
        proofs.pictures_of(upload(papers.pdf()), throttle=Blocked())


def test_every_opening_counts_whatever_comes_of_it():
    class Counting(Free):
        counted = 0

        def count_failure(self):
            self.counted += 1

    throttle = Counting()
    with pytest.raises(BadProof):
        proofs.pictures_of(upload(papers.locked()), throttle=throttle)
    proofs.pictures_of(upload(papers.pdf()), throttle=throttle)
    assert throttle.counted == 2


def test_a_photograph_of_thirty_megabytes_is_refused_by_its_size_in_words():
    with pytest.raises(BadProof, match="30 Mo"):
        kind_of(upload(papers.image("JPEG") + b"\0" * (30 * 1024 * 1024 - 900), "photo.jpg"))


def test_five_megabytes_are_taken():
    photograph = papers.image("JPEG")
    assert kind_of(upload(photograph + b"\0" * (LARGEST - len(photograph)))) == Kind.JPEG
