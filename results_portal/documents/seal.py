"""The office's electronic seal on a PDF: a PAdES signature (baseline B-B) that certifies the file.

PDF readers report any later change, offline too. The key and the certificate come from the
settings `SEAL_KEY` and `SEAL_CERTIFICATE`; without them, both are generated for this machine and
nobody has a reason to trust them.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from results_portal.documents.pades import Field, PdfSigner, signed
from results_portal.keys import kept_secret

FIELD = "Cachet"
_LIFE_OF_OWN_CERTIFICATE = datetime.timedelta(days=3653)
_SOON = datetime.timedelta(days=60)
_LONGEST_COMMON_NAME = 64  # characters, RFC 5280


@dataclass(frozen=True)
class Seal:
    """A private key and its certificate, first of the chain, as PEM."""

    key: bytes
    chain: tuple[bytes, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.chain[0])

    @property
    def fingerprint(self) -> bytes:
        """Return the SHA-256 of the certificate, as PDF readers show it."""
        return self.certificate.fingerprint(hashes.SHA256())


def seal(pdf: bytes, *, reason: str) -> bytes:
    """Return `pdf` with the office's seal, still tagged.

    The field of the signature is hidden: PDF/UA wants a visible one in the structure, and any
    field labelled for screen readers. Sealing a file twice gives two different files: keep the one
    that was given away.
    """
    field = Field(FIELD, "Cachet électronique", settings.OFFICE_NAME, reason)
    return signed(pdf, _signer(the_seal()), field, at=timezone.localtime())


def the_seal() -> Seal:
    """Return the seal of the settings, or the one generated for this machine.

    Raises `ImproperlyConfigured` when key or certificate is missing, or they do not match.
    """
    return _load(settings.SEAL_KEY, settings.SEAL_CERTIFICATE, settings.SEAL_FILE)


def own_seal() -> str:
    """Return a new P-256 key and its self-signed certificate in the office's name, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    common_name = settings.OFFICE_NAME[:_LONGEST_COMMON_NAME]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _LIFE_OF_OWN_CERTIFICATE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_KEY_USAGE, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return (private + certificate.public_bytes(serialization.Encoding.PEM)).decode()


_KEY_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def check_seal(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Deployment check: the seal is the office's own, complete, and valid for two more months."""
    if not settings.SEAL_KEY and not settings.SEAL_CERTIFICATE:
        return [
            Error(
                "Files are sealed with a certificate made on this machine, which nobody trusts.",
                hint="Set SEAL_KEY and SEAL_CERTIFICATE.",
                id="results_portal.E002",
            )
        ]
    try:
        expires = the_seal().certificate.not_valid_after_utc
        _signer(the_seal())
    except (ImproperlyConfigured, OSError, ValueError) as problem:
        return [Error(f"The seal cannot be read: {problem}", id="results_portal.E001")]
    if expires - datetime.datetime.now(datetime.UTC) < _SOON:
        return [
            Warning(
                f"The certificate of the seal expires on {expires:%Y-%m-%d}.",
                id="results_portal.W002",
            )
        ]
    return []


@lru_cache(maxsize=4)
def _load(key: str, certificate: str, own: Path) -> Seal:
    if bool(key) != bool(certificate):
        raise ImproperlyConfigured("SEAL_KEY and SEAL_CERTIFICATE go together.")
    if not key:
        key = certificate = kept_secret(own, make=own_seal)
    chain = x509.load_pem_x509_certificates(_pem(certificate))
    private = serialization.load_pem_private_key(_pem(key), password=None)
    if private.public_key() != chain[0].public_key():
        raise ImproperlyConfigured("SEAL_KEY is not the key of the first SEAL_CERTIFICATE.")
    return Seal(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        tuple(one.public_bytes(serialization.Encoding.PEM) for one in chain),
    )


def _pem(value: str) -> bytes:
    """Return the PEM in a setting, or in the file that it names."""
    if "-----BEGIN" in value:
        return value.replace("\\n", "\n").encode()
    return Path(value).read_bytes()


@lru_cache(maxsize=4)
def _signer(seal: Seal) -> PdfSigner:
    own, *others = (x509.load_pem_x509_certificate(pem) for pem in seal.chain)
    key = serialization.load_pem_private_key(seal.key, password=None)
    der = serialization.Encoding.DER
    return PdfSigner(key, own.public_bytes(der), [one.public_bytes(der) for one in others])
