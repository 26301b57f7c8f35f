"""Signed tokens (JWT) of an OpenID Connect provider, verified before a word of them is believed.

OpenID Connect Core 1.0: section 3.1.3.7 for the ID token, 5.3.2 for signed information on a person.
"""

import jwt

ALGORITHMS = ["ES256", "RS256"]  # with the provider's public key; never none, never a shared secret
LEEWAY = 10  # seconds that two clocks may differ


class BadToken(Exception):
    """A token that proves nothing. The text says why, and quotes nothing of it."""


def read_id_token(token, keys, *, issuer, client_id, nonce):
    """Return the claims of an ID token as a dict.

    `keys` is the provider's JWK set as a dict, `nonce` what this sign-in asked for. Raise BadToken.
    """
    claims = _read(token, keys, issuer, client_id, ["iss", "aud", "exp", "sub"])
    if not nonce or claims.get("nonce") != nonce:
        raise BadToken("the ID token answers another sign-in")
    if claims.get("azp", client_id) != client_id:
        raise BadToken("the ID token is for another client")
    return claims


def read_person(token, keys, *, issuer, client_id, subject):
    """Return the claims on the person whom the ID token names by `subject`. Raise BadToken."""
    claims = _read(token, keys, issuer, client_id, ["iss", "aud", "sub"])
    if claims["sub"] != subject:
        raise BadToken("the two tokens name different people")
    return claims


def _read(token, keys, issuer, client_id, required):
    try:
        return jwt.decode(
            token,
            _key_of(token, keys),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": required},
        )
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadToken(type(error).__name__) from error


def _key_of(token, keys):
    """Return the key that a token says it is signed with, among those the provider publishes."""
    return jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
