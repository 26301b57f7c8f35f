"""Signatures of PDF files, as the validator of pyHanko reads them."""

import datetime
import io
import ssl

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pyhanko.sign.validation.errors import SignatureValidationError

from results_portal.documents import html_to_pdf
from results_portal.documents.pades import Field, PdfSigner, signed
from results_portal.documents.seal import Seal
from tests import seals

AT = datetime.datetime(2026, 7, 2, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
FIELD = Field("Cachet", "Cachet électronique", "Service (des) examens", "Raison \\ é")
LINKED = """<!doctype html><html lang="fr"><head><title>Essai</title></head>
<body><p><a href="https://exemple.invalid/">Un lien</a></p></body></html>"""


@pytest.fixture(scope="module")
def linked():
    return html_to_pdf.to_pdf(LINKED, css="")


def certificate(key, *, serial=None):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Service des examens")])
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    others = ["key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"]
    usage = dict.fromkeys([*others, "crl_sign", "encipher_only", "decipher_only"], False)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), serial or x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + datetime.timedelta(days=30))
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("curve", [ec.SECP256R1, ec.SECP384R1, ec.SECP521R1])
def test_a_signature_of_any_common_curve_fits_its_room(linked, curve):
    key = ec.generate_private_key(curve())
    certificate_of = certificate(key)
    signer = PdfSigner(key, certificate_of)
    for _ in range(20):  # the length of such a signature varies
        assert len(signer.of(bytes(32))) <= signer.room
    pem = ssl.DER_cert_to_PEM_cert(certificate_of).encode()
    verdict = seals.verdict(signed(linked, signer, FIELD, at=AT), trusting=Seal(b"", (pem,)))
    assert verdict.bottom_line


def test_the_signature_names_signatory_reason_and_time(linked):
    key = ec.generate_private_key(ec.SECP256R1())
    file = signed(linked, PdfSigner(key, certificate(key)), FIELD, at=AT)
    with pikepdf.open(io.BytesIO(file)) as opened:
        (field,) = opened.Root.AcroForm.Fields
        assert str(field.V.Name) == FIELD.signatory
        assert str(field.V.Reason) == FIELD.reason
        assert str(field.V.M) == "D:20260702100000+02'00'"


def test_links_of_the_page_stay(linked):
    key = ec.generate_private_key(ec.SECP256R1())
    with pikepdf.open(
        io.BytesIO(signed(linked, PdfSigner(key, certificate(key)), FIELD, at=AT))
    ) as opened:
        assert [str(one.Subtype) for one in opened.pages[0].Annots] == ["/Link", "/Widget"]


def test_a_file_that_cannot_be_updated_so_is_refused(linked):
    key = ec.generate_private_key(ec.SECP256R1())
    old = io.BytesIO()
    with pikepdf.open(io.BytesIO(linked)) as opened:
        opened.save(old, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pytest.raises(ValueError, match="cross-reference table"):
        signed(old.getvalue(), PdfSigner(key, certificate(key)), FIELD, at=AT)


def test_a_key_of_another_kind_is_refused():
    key = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(ValueError, match="neither elliptic nor RSA"):
        PdfSigner(key, certificate(key))


@pytest.fixture(scope="module")
def sealed(linked):
    """A signed file, and the seal that trusts its certificate."""
    key = rsa.generate_private_key(65537, 2048)
    own = certificate(key)
    return signed(linked, PdfSigner(key, own), FIELD, at=AT), trust_in(own)


def trust_in(own):
    return Seal(b"", (ssl.DER_cert_to_PEM_cert(own).encode(),))


def test_the_update_is_read_without_any_complaint(sealed):
    with pikepdf.open(io.BytesIO(sealed[0]), attempt_recovery=False) as opened:
        assert opened.check_pdf_syntax() == []


@pytest.mark.parametrize("changed", [b"/Filter", b"%%EOF", b"D:2026", b"Cachet"])
def test_a_change_is_discovered_in_the_document_and_in_the_update(sealed, changed):
    file, trusting = sealed
    assert seals.verdict(file, trusting=trusting).bottom_line
    bad = bytearray(file)
    bad[file.index(changed) + 3] ^= 1
    assert not seals.verdict(bytes(bad), trusting=trusting).intact


def test_another_certificate_of_the_same_name_is_not_trusted(sealed):
    other = certificate(rsa.generate_private_key(65537, 2048))
    verdict = seals.verdict(sealed[0], trusting=trust_in(other))
    assert verdict.intact
    assert not verdict.bottom_line


def test_the_certificate_of_a_signature_cannot_be_replaced_by_another_of_the_same_key(linked):
    key = ec.generate_private_key(ec.SECP256R1())
    own = other = certificate(key, serial=7)
    while other == own or len(other) != len(own):  # the length of its own signature varies
        other = certificate(key, serial=7)
    file = signed(linked, PdfSigner(key, own), FIELD, at=AT)
    forged = file.replace(own.hex().encode(), other.hex().encode())
    assert forged != file
    with pytest.raises(SignatureValidationError, match="certificate"):
        seals.verdict(forged, trusting=trust_in(other))
