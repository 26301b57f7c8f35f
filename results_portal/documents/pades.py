"""Signature of a PDF file: PAdES baseline B-B (ETSI EN 319 142-1), as an incremental update.

Added to the file: the signature dictionary, which certifies all bytes and allows no change; its
hidden field, on the first page and in the catalogue; the extensions of PDF in use. The signature is
a detached CMS structure (RFC 5652) with SHA-256, by an elliptic or an RSA key, that carries the
certificates and names the signer's (ESS, RFC 5035); no timestamp and no proof of revocation.

qpdf reads the file, `pdf_writer` writes the update; what CMS structures of one key share is written
once. In the tests pyHanko, which knows nothing of this module, judges each kind of signature.
"""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from asn1crypto import algos, cms, core, tsp, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pikepdf import Array, Dictionary, Name, String

from results_portal.documents.pdf_writer import PdfWriter

_SEQUENCE, _SET, _OCTETS, _FIRST = 0x30, 0x31, 0x04, 0xA0
_RANGE = b"[%010d %010d %010d %010d]"
_HIDDEN_AND_LOCKED = 130


class PdfSigner:
    """Private key, elliptic or RSA, with the DER of its certificate and of the chain above it."""

    def __init__(self, key: Any, certificate: bytes, chain: Iterable[bytes] = ()) -> None:
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise ValueError("the key is neither elliptic nor RSA")
        self._key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = key
        self.elliptic = isinstance(key, ec.EllipticCurvePrivateKey)
        own = x509.Certificate.load(certificate)
        name = "sha256_ecdsa" if self.elliptic else "sha256_rsa"
        digest = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
        issuer = {"issuer": own.issuer, "serial_number": own.serial_number}
        self._head = b"".join(
            (
                core.Integer(1).dump(),
                _der(_SET, digest),
                cms.EncapsulatedContentInfo({"content_type": "data"}).dump(),
                _der(_FIRST, b"".join((certificate, *chain))),
            )
        )
        self._who = b"".join(
            (
                core.Integer(1).dump(),
                cms.IssuerAndSerialNumber(issuer).dump(),
                digest,
            )
        )
        self._how = algos.SignedDigestAlgorithm({"algorithm": name}).dump()
        self._attributes = [_attribute("content_type", "data"), _certified_by(own, certificate)]
        # An ECDSA signature is at most two numbers of the size of the key, with their lengths.
        size = key.key_size // 8 + 1
        self.room = len(self.of(bytes(32))) + (2 * size + 16 if self.elliptic else 16)

    def of(self, digest: bytes) -> bytes:
        """Return the CMS structure that signs the SHA-256 `digest` of a content."""
        own = _attribute("message_digest", digest)
        attributes = b"".join(sorted([*self._attributes, own]))
        signature = _der(_OCTETS, self._signed(_der(_SET, attributes)))
        signer = _der(_SEQUENCE, self._who + _der(_FIRST, attributes) + self._how + signature)
        content = _der(_SEQUENCE, self._head + _der(_SET, signer))
        kind = cms.ContentType("signed_data").dump()
        return _der(_SEQUENCE, kind + _der(_FIRST, content))

    def _signed(self, content: bytes) -> bytes:
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(content, ec.ECDSA(hashes.SHA256()))
        return self._key.sign(content, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class Field:
    """Hidden field of a signature: its name and label for screen readers, signatory and reason."""

    name: str
    label: str
    signatory: str
    reason: str


def signed(pdf: bytes, signer: PdfSigner, field: Field, *, at: datetime) -> bytes:
    """Return `pdf` certified by a signature of all of it. It must have a cross-reference stream."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        holder = opened.make_indirect(Dictionary())
        changed = _show(opened, signer, field, holder)
        writer = PdfWriter.updating(pdf, _number(opened.make_indirect(Dictionary())))
        for one in changed:
            writer.add(_number(one), one.unparse(resolved=True))
        start = writer.add(_number(holder), _dictionary(signer, field, at))
        trailer = opened.trailer
        first = bytes(trailer.ID[0]) if "/ID" in trailer else b""
        kept = [key for key in ("/Root", "/Info") if key in trailer]
        named = b"".join(b"%b %d 0 R" % (key.encode(), _number(trailer[key])) for key in kept)
        ids = (first, writer.identifier())
        whole = pdf + writer.with_stream(writer.reserve(), named, ids)
    return _filled(whole, start, signer)


def _number(target: pikepdf.Object) -> int:
    number, _generation = target.objgen
    return number


def _show(
    pdf: pikepdf.Pdf, signer: PdfSigner, field: Field, holder: pikepdf.Object
) -> tuple[pikepdf.Object, ...]:
    """Add the field to the first page and to the catalogue, and return the objects to write."""
    page = pdf.pages[0].obj
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(field.name),
            TU=String(field.label),
            F=_HIDDEN_AND_LOCKED,
            Rect=Array([0, 0, 0, 0]),
            P=page,
            V=holder,
        )
    )
    page.Annots = Array([*page.get("/Annots", []), widget])
    pdf.Root.AcroForm = Dictionary(Fields=Array([widget]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=holder)
    pdf.Root.Extensions = _extensions(elliptic=signer.elliptic)
    return pdf.Root, page, widget


def _extensions(*, elliptic: bool) -> Dictionary:
    """Declare the extensions in use: PAdES and, for elliptic keys, ISO/TS 32002."""
    kind = Name.DeveloperExtensions
    found = Dictionary(ESIC=Dictionary(Type=kind, BaseVersion=Name("/1.7"), ExtensionLevel=1))
    if elliptic:
        curves = Dictionary(
            Type=kind,
            BaseVersion=Name("/2.0"),
            ExtensionLevel=32002,
            ExtensionRevision=String(":2022"),
            URL=String("https://www.iso.org/standard/45875.html"),
        )
        found.ISO_ = Array([curves])
    return found


def _dictionary(signer: PdfSigner, field: Field, at: datetime) -> bytes:
    zone = at.strftime("%z")
    moment = f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}'"
    params = Dictionary(Type=Name.TransformParams, V=Name("/1.2"), P=1)
    said = Dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        SubFilter=Name("/ETSI.CAdES.detached"),
        Name=String(field.signatory),
        Reason=String(field.reason),
        M=String(moment),
        Reference=Array(
            [Dictionary(Type=Name.SigRef, TransformMethod=Name.DocMDP, TransformParams=params)]
        ),
    ).unparse()
    room = b"0" * (2 * signer.room)
    return b"%b/ByteRange %b/Contents <%b>>>" % (said[:-2], _RANGE % (0, 0, 0, 0), room)


def _filled(whole: bytes, start: int, signer: PdfSigner) -> bytes:
    """Sign all but the room for the signature, in the object that begins at `start`."""
    opening = whole.index(b"/Contents <", start) + len(b"/Contents ")
    closing = opening + 2 * signer.room + 2
    spans = (0, opening, closing, len(whole) - closing)
    place = whole.index(_RANGE % (0, 0, 0, 0), start)
    parts = [whole[:place], _RANGE % spans, whole[place + len(_RANGE % spans) : opening]]
    before = b"".join(parts)
    digest = hashlib.sha256(before + whole[closing:]).digest()
    found = signer.of(digest).hex().encode()
    return b"%b<%b>%b" % (before, found.ljust(2 * signer.room, b"0"), whole[closing:])


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def _attribute(kind: str, value: Any) -> bytes:
    attribute: bytes = cms.CMSAttribute({"type": kind, "values": [value]}).dump()
    return attribute


def _certified_by(own: x509.Certificate, certificate: bytes) -> bytes:
    """Return the attribute that names the certificate, or another with its key could replace it."""
    identity = tsp.ESSCertIDv2(
        {
            "cert_hash": hashlib.sha256(certificate).digest(),
            "issuer_serial": {
                "issuer": [x509.GeneralName({"directory_name": own.issuer})],
                "serial_number": own.serial_number,
            },
        }
    )
    return _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identity]}))
