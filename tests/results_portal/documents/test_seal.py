"""The office's seal shows any change of a file, and the file stays accessible."""

import datetime
import io
import stat
import subprocess
import sys

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.status import SignatureCoverageLevel

from results_portal.documents import html_to_pdf, seal
from tests import seals

MARKUP = """<!doctype html><html lang="fr"><head><title>Essai</title></head>
<body><h1>Titre</h1><table><tr><th scope="row">Moyenne</th><td>12,85</td></tr></table></body>"""
OWN_SEAL = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(
    OFFICE_NAME="Service", SEAL_KEY="", SEAL_CERTIFICATE="", SEAL_FILE=Path(sys.argv[1])
)
from results_portal.documents.seal import the_seal
print(the_seal().fingerprint.hex())
"""


@pytest.fixture(autouse=True)
def _own_seal(settings, tmp_path):
    settings.SEAL_KEY = settings.SEAL_CERTIFICATE = ""
    settings.SEAL_FILE = tmp_path / "seal" / "seal.pem"


@pytest.fixture(scope="module")
def plain():
    return html_to_pdf.to_pdf(MARKUP, css="")


def sealed(plain):
    return seal.seal(plain, reason="Essai")


def elements(file):
    with pikepdf.open(io.BytesIO(file)) as document:
        return sorted(
            str(value.S)
            for value in document.objects
            if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem"
        )


def test_a_sealed_file_is_the_file_with_a_valid_pades_signature_of_all_of_it(plain):
    file = sealed(plain)
    assert file.startswith(plain)
    verdict = seals.verdict(file)
    assert verdict.bottom_line
    assert verdict.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert seals.signature(file).sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_seal_allows_no_change_at_all(plain):
    assert seals.signature(sealed(plain)).docmdp_level == MDPPerm.NO_CHANGES


@pytest.mark.parametrize("where", [100, 5000])
def test_one_byte_changed_anywhere_is_discovered(plain, where):
    file = bytearray(sealed(plain))
    file[where] ^= 1
    assert not seals.verdict(bytes(file)).intact


def test_the_seal_of_somebody_else_is_not_the_offices(plain, settings, tmp_path):
    ours = seal.the_seal()
    settings.SEAL_FILE = tmp_path / "forger.pem"
    verdict = seals.verdict(sealed(plain), trusting=ours)
    assert verdict.intact
    assert not verdict.bottom_line


def test_a_sealed_file_keeps_its_tags_its_title_and_its_language(plain):
    file = sealed(plain)
    assert elements(file) == elements(plain)
    with pikepdf.open(io.BytesIO(file)) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "fr"
        assert document.docinfo["/Title"] == "Essai"
        assert b"pdfuaid" in document.Root.Metadata.read_bytes()


def test_the_field_of_the_signature_disturbs_no_reader(plain):
    with pikepdf.open(io.BytesIO(sealed(plain))) as document:
        (page,) = document.pages
        (field,) = page.Annots
        assert field.F & 2  # hidden: PDF/UA asks no tag of it
        assert str(field.TU) == "Cachet électronique"
        assert page.Tabs == "/S"


def test_a_seal_of_its_own_is_made_once_and_closed_to_others(settings):
    first, file = seal.the_seal(), settings.SEAL_FILE
    settings.SEAL_FILE = file.parent / ".." / file.parent.name / file.name  # not in memory
    assert seal.the_seal() == first
    assert stat.S_IMODE(settings.SEAL_FILE.stat().st_mode) == 0o600


@pytest.mark.long
def test_processes_that_start_together_seal_alike(tmp_path):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OWN_SEAL, str(tmp_path / "seal.pem")],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    fingerprints = {process.communicate()[0] for process in started}
    assert len(fingerprints) == 1
    assert len(fingerprints.pop().strip()) == 64


def parts(pem):
    key, mark, certificate = pem.partition("-----BEGIN CERTIFICATE-----")
    return key, mark + certificate


@pytest.mark.parametrize("escaped", [False, True])
def test_the_offices_own_seal_comes_from_the_environment(plain, settings, escaped):
    key, certificate = parts(seal.own_seal())
    if escaped:
        key, certificate = key.replace("\n", "\\n"), certificate.replace("\n", "\\n")
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = key, certificate
    assert seals.verdict(sealed(plain)).bottom_line
    assert not settings.SEAL_FILE.exists()


def test_the_offices_own_seal_may_be_read_from_files(plain, settings, tmp_path):
    for name, pem in zip(("key", "certificate"), parts(seal.own_seal()), strict=True):
        (tmp_path / name).write_text(pem)
    settings.SEAL_KEY = str(tmp_path / "key")
    settings.SEAL_CERTIFICATE = str(tmp_path / "certificate")
    assert seals.verdict(sealed(plain)).bottom_line


def test_a_chain_of_authorities_travels_with_the_file(plain, settings):
    key, certificate = parts(seal.own_seal())
    _, authority = parts(seal.own_seal())
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = key, certificate + authority
    carried = {one.dump() for one in seals.signature(sealed(plain)).other_embedded_certs}
    expected = x509.load_pem_x509_certificate(authority.encode())
    assert carried == {expected.public_bytes(serialization.Encoding.DER)}


def rsa_seal(*, days):
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Service des examens")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(seal._KEY_USAGE, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def test_an_rsa_key_seals_too(plain, settings):
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = rsa_seal(days=365)
    assert seals.verdict(sealed(plain)).bottom_line


def test_half_a_seal_or_a_key_of_another_certificate_is_refused(settings):
    key, _ = parts(seal.own_seal())
    settings.SEAL_KEY = key
    with pytest.raises(ImproperlyConfigured, match="go together"):
        seal.the_seal()
    settings.SEAL_CERTIFICATE = parts(seal.own_seal())[1]
    with pytest.raises(ImproperlyConfigured, match="not the key"):
        seal.the_seal()


def problems():
    return [problem.id.partition(".")[2] for problem in seal.check_seal(None)]


def test_deploying_without_the_offices_seal_is_an_error(settings):
    assert problems() == ["E002"]
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = parts(seal.own_seal())
    assert problems() == []


def test_deploying_with_a_seal_that_cannot_be_read_is_an_error(settings, tmp_path):
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = str(tmp_path / "none"), "rubbish"
    assert problems() == ["E001"]
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = "-----BEGIN rubbish", "-----BEGIN rubbish"
    assert problems() == ["E001"]


def test_deploying_with_a_certificate_about_to_expire_is_warned_of(settings):
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE = rsa_seal(days=30)
    assert problems() == ["W002"]
