"""What a reader of PDF says of a seal, for tests."""

import io

from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from results_portal.documents import seal


def signature(pdf):
    """The only signature of a file."""
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return found


def verdict(pdf, *, trusting=None):
    """What validation says to a reader who trusts the office's certificate, or another one."""
    (root,) = load_certs_from_pemder_data((trusting or seal.the_seal()).chain[0])
    return validate_pdf_signature(signature(pdf), ValidationContext(trust_roots=[root]))


def is_sealed(pdf):
    return b"/ByteRange" in pdf
