"""References of requests: short, unambiguous when read aloud, and random."""

import secrets

REFERENCE_LENGTH = 13

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U


def new_reference(kind):
    """Return a new reference, like ADR-7K3M-Q2PX; `kind` is its three letters."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{kind}-{code[:4]}-{code[4:]}"
