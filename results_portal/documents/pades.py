"""Signature of a PDF file: PAdES baseline B-B (ETSI EN 319 142-1), as an incremental update.

qpdf reads the file; the update is written here, with the part of the CMS structure that all files
share prepared once for each key.
"""

import hashlib
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from asn1crypto import algos, cms, core, tsp, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pikepdf import Array, Dictionary, Name, String

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
        update = _Update(pdf, opened)
        holder = update.number()
        _show(opened, update, signer, field, holder)
        before = update.add(holder, _dictionary(signer, field, at))
        whole = pdf + update.written()
    return _filled(whole, len(pdf) + before, signer)


def _show(
    pdf: pikepdf.Pdf, update: "_Update", signer: PdfSigner, field: Field, holder: pikepdf.Object
) -> None:
    """Add the field to the first page and to the catalogue."""
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
    for changed in (pdf.Root, page, widget):
        update.add(changed, changed.unparse(resolved=True))


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


class _Update:
    """Incremental update of a file: the objects that it adds or replaces."""

    def __init__(self, pdf: bytes, opened: pikepdf.Pdf) -> None:
        self._opened = opened
        self._start = len(pdf)
        self._parts = [b"" if pdf.endswith(b"\n") else b"\n"]
        self._size = len(self._parts[0])
        self._places: dict[int, int] = {}
        self._previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        if pdf.startswith(b"xref", self._previous):
            raise ValueError("a file with a cross-reference table")

    def number(self) -> pikepdf.Object:
        """Return a new object."""
        return self._opened.make_indirect(Dictionary())

    def add(self, target: pikepdf.Object, data: bytes) -> int:
        """Write an object, and return its offset in the update."""
        number, _generation = target.objgen
        began = self._size
        self._places[number] = self._start + began
        self._parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, data))
        self._size += len(self._parts[-1])
        return began

    def written(self) -> bytes:
        """Return the update with its cross-reference stream."""
        number, _generation = self.number().objgen
        at = self._start + self._size
        places = dict(sorted({**self._places, number: at}.items()))
        rows = b"".join(b"\1%b\0" % place.to_bytes(4, "big") for place in places.values())
        index = b" ".join(b"%d 1" % place for place in places)
        packed, trailer = zlib.compress(rows), self._opened.trailer
        first = bytes(trailer.ID[0]) if "/ID" in trailer else b""
        fields = b"/Type/XRef/Size %d/W[1 4 1]/Index[%b]/Prev %d" % (
            *(number + 1, index),
            self._previous,
        )
        known = b"".join(
            b"%b %d 0 R" % (key.encode(), trailer[key].objgen[0])
            for key in ("/Root", "/Info")
            if key in trailer
        )
        identifiers = b"/ID[<%b><%b>]" % (
            first.hex().encode(),
            hashlib.sha256(b"".join(self._parts)).hexdigest()[:32].encode(),
        )
        stream = b"<<%b%b%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (
            *(fields, known, identifiers),
            *(len(packed), packed),
        )
        end = b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, stream, at)
        return b"".join([*self._parts, end])


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
