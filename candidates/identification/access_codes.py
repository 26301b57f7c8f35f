"""Access codes: derived, never stored; the database is useless without the server's key.

A code is the first 60 bits of HMAC-SHA-256(key, session, number) in Crockford's base 32: it can be
exported again for the convocations at any time, and a stolen table yields neither codes nor a way
to try them. An office may supply its own codes: only their digest is kept.
"""

import base64
import hmac
import re
import unicodedata

from candidates.values import ACCESS_CODE_LENGTH
from results_portal.keys import derive, secrets_in_use

LENGTH = 12  # characters of a code of ours; one of the office's has ACCESS_CODE_LENGTH or more

_TO_CROCKFORD = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)
_TYPED_ALIKE = str.maketrans("OIL", "011")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")


def generate(session_code, number, secret=""):
    """Return the access code of an entry, 12 characters; `spell` shows it in groups of four.

    `secret`, here and below: one of `keys.secrets_in_use`, by default the present one.
    """
    key = derive("access-code", secret)
    digest = hmac.digest(key, f"{session_code}\n{number}".encode(), "sha256")
    return base64.b32encode(digest[:8]).decode().translate(_TO_CROCKFORD)[:LENGTH]


def spell(code):
    """Return a code as convocations print it: `K3QM-7T2A-9XZB`."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def normalise(code):
    """Remove spaces, hyphens and case from a typed code; read O as 0, I and L as 1.

    Full-width letters and digits are the usual ones (NFKC).
    """
    plain = unicodedata.normalize("NFKC", code).upper()
    return _NOT_ALPHANUMERIC.sub("", plain).translate(_TYPED_ALIKE)


def is_too_short(code):
    """Whether a typed code is shorter than any: it is a slip, no guess."""
    return len(normalise(code)) < ACCESS_CODE_LENGTH


def is_as_long_as_ours(code):
    return len(normalise(code)) == LENGTH


def are_swapped(number, code):
    """Whether a number (as read) and a typed code stand in each other's field.

    The number then mixes letters and digits as codes do; the code is digits alone, which an
    office's code never is, and not as long as ours.
    """
    typed = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", code).upper())
    return (
        typed.isdigit()
        and len(typed) != LENGTH
        and len(number) >= ACCESS_CODE_LENGTH
        and not number.isdigit()
        and not number.isalpha()
    )


def known(session_code, number, code_digest):
    """Return the code that has been derived for an entry, or None where the office made its own."""
    for secret in secrets_in_use():
        code = generate(session_code, number, secret)
        if hmac.compare_digest(digest(number, code, secret), code_digest):
            return code
    return None


def digest(number, code, secret=""):
    """Return the 32 bytes stored in place of an access code."""
    message = f"{number}\n{normalise(code)}".encode()
    return hmac.digest(derive("access-code-digest", secret), message, "sha256")


def office_digest(session_code, code):
    """Return the 32 bytes that tell whether an office's code serves twice in a session."""
    message = f"{session_code}\n{normalise(code)}".encode()
    return hmac.digest(derive("office-code"), message, "sha256")


def credentials(number, birth_date, code):
    """Yield the credentials that an entry may have which these three open: mostly one.

    Beside an older secret: that under the present one, under the older one, and under the present
    one of a digest under the older one, which a corrected birth date leaves.
    """
    yield credential(number, birth_date, digest(number, code))
    for secret in secrets_in_use()[1:]:
        code_digest = digest(number, code, secret)
        yield credential(number, birth_date, code_digest, secret)
        yield credential(number, birth_date, code_digest)


def credential(number, birth_date, code_digest, secret=""):
    """Return the 32 bytes by which identification looks an entry up.

    One indexed equality on a keyed digest: a wrong number, a wrong date and a wrong code are the
    same miss, in the same time.
    """
    message = f"{number}\n{birth_date.isoformat()}\n".encode() + code_digest
    return hmac.digest(derive("credential", secret), message, "sha256")
