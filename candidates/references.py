"""References of requests: short, read aloud without a doubt, and telling nothing of anyone."""

import secrets

REFERENCE_LENGTH = 13

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U


def new_reference(kind):
    """A new reference, like ADR-7K3M-Q2PX for the three letters of `kind`."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{kind}-{code[:4]}-{code[4:]}"
