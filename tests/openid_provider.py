"""A provider of identities for tests: Authlib's server, over HTTP on a port of this machine.

It does as ProConnect does: PKCE by S256, a nonce, information on a person as a signed JWT, signing
out by ID token and state. A test may have it answer wrongly: it changes `answers`, or how `sign`
signs.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.rpinitiated.end_session import EndSessionEndpoint
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID, SECRET = "portail", "le secret du portail"
START = "/gestion/compte/proconnect/"
RSA, OTHER_RSA, EC = (
    RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS256"}),
    RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS256"}),
    ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256"}),
)
PAGE = """<!doctype html><html lang="fr"><title>Fournisseur d’essai</title>
<h1>Fournisseur d’essai</h1><form method="post"><button>Entrer</button></form>"""


class OpenIDProvider(ThreadingHTTPServer):
    """Provider that takes whoever comes for `person`, a dict of claims with `sub` and `email`.

    `answers` holds what to send instead, by path: a function of what would be sent, which is a
    dict of claims for "id_token" and "userinfo", and a tuple (status, headers, body) for a path.
    `asked` lists the requests (path, parameters). A browser presses a button first if `has_page`.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Request)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}/api/v2"
        self.person, self.acr, self.has_page = {}, None, False
        self.key, self.answers, self.asked = RSA, {}, []
        self.codes, self.tokens = {}, {}
        self.sign = sign
        self.oauth = _Server(self)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *problem):
        self.shutdown()
        self.server_close()

    def signed(self, name, claims):
        return self.sign(self.answers.get(name, dict)(claims), self.key)

    def keys(self):
        return {"keys": [self.key.as_dict(private=False)]}

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


def sign(claims, key):
    alg = key.get("alg")
    return jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])


def unsigned(claims, _key):
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_the_public_key(claims, key):
    """Sign as whoever knows the public key can: an HMAC, whose secret it would be."""
    text = f"{_part({'alg': 'HS256', 'kid': key.kid})}.{_part(claims)}"
    digest = hmac.digest(key.as_pem(private=False), text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def way_back(client, **sent):
    """Press the button of the start page; return where the provider leads this browser."""
    there = client.post(START, sent)
    assert there.status_code == 302, there.content.decode()
    back = requests.get(there.url, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


class _Client:
    """The portal, as it is registered."""

    client_id = CLIENT_ID

    def __init__(self, provider):
        self.client_metadata = {"id_token_signed_response_alg": provider.key.get("alg")}
        self.client_metadata["post_logout_redirect_uris"] = _Anywhere()

    def check_redirect_uri(self, address):
        return address in _Anywhere("/gestion/compte/proconnect/retour/")

    def check_client_secret(self, secret):
        return secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_post"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"

    def get_allowed_scope(self, scope):
        return scope


class _Anywhere:
    """Addresses of this path, at whatever port a test's portal has."""

    def __init__(self, path="/gestion/compte/proconnect/deconnecte/"):
        self.path = path

    def __contains__(self, address):
        return urlsplit(address).path == self.path


class _Code(SimpleNamespace):
    """An authorization code, with what was asked for."""

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(time.time())

    def get_acr(self):
        return self.acr

    def get_amr(self):
        return None


class _CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

    def save_authorization_code(self, code, request):
        names = ("redirect_uri", "scope", "nonce", "code_challenge", "code_challenge_method")
        asked = {name: request.payload.data.get(name) for name in names}
        self.server.provider.codes[code] = _Code(
            code=code, person=request.user, acr=self.server.provider.acr, **asked
        )

    def query_authorization_code(self, code, client):
        return self.server.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del self.server.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.person


class _IDToken(OpenIDCode):
    """The ID token of a code; `require_nonce` refuses a sign-in without one."""

    def __init__(self, provider):
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce, request):
        return len(nonce) < 32

    def encode_id_token(self, token, request):
        now = int(time.time())
        claims = {"iss": self.provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60}
        claims |= self.get_authorization_code_claims(request.authorization_code)
        claims["sub"] = request.user["sub"]
        return self.provider.signed("id_token", claims)


class _EndSession(EndSessionEndpoint):
    def get_server_jwks(self):
        return self.server.provider.keys()

    def end_session(self, end_session_request):
        assert not end_session_request.needs_confirmation


class _OAuthRequest(OAuth2Request):
    def __init__(self, method, path, headers, sent):
        super().__init__(method, f"https://127.0.0.1{path}", headers=headers)  # HTTPS is not tried
        self.payload = BasicOAuth2Payload(sent)
        self.sent = sent

    args = form = property(lambda self: self.sent)


class _Server(AuthorizationServer):
    def __init__(self, provider):
        super().__init__(scopes_supported=["openid", "email"])
        self.provider = provider
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: generate_token()))
        self.register_grant(_CodeGrant, [CodeChallenge(), _IDToken(provider)])
        self.register_endpoint(_EndSession)

    def query_client(self, client_id):
        return _Client(self.provider) if client_id == CLIENT_ID else None

    def save_token(self, token, request):
        self.provider.tokens[token["access_token"]] = request.user

    def create_oauth2_request(self, request):
        return request

    def send_signal(self, name, *args, **kwargs):
        pass

    def handle_response(self, status, body, headers):
        return status, dict(headers), json.dumps(body) if isinstance(body, dict) else body


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/api/v2")
        length = int(self.headers.get("Content-Length", 0))
        sent = dict(parse_qsl(parts.query)) | dict(parse_qsl(self.rfile.read(length).decode()))
        self.server.asked.append((path, sent))
        answer = self.answer(path, _OAuthRequest(self.command, self.path, self.headers, sent))
        status, headers, body = self.server.answers.get(path, lambda answer: answer)(answer)
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def answer(self, path, asked):
        provider = self.server
        if path == "/.well-known/openid-configuration":
            return _json(provider.discovery())
        if path == "/jwks":
            return _json(provider.keys())
        if path == "/authorize":
            return self.authorize(asked)
        if path == "/token":
            return provider.oauth.create_token_response(asked)
        if path == "/userinfo":
            return self.userinfo()
        if path == "/session/end":
            return provider.oauth.create_endpoint_response("end_session", asked)
        return 404, {}, ""

    def authorize(self, asked):
        if self.server.has_page and self.command == "GET":
            return 200, {"Content-Type": "text/html; charset=utf-8"}, PAGE
        oauth = self.server.oauth
        assert asked.sent["code_challenge_method"] == "S256"
        assert len(asked.sent["state"]) >= 32
        try:
            grant = oauth.get_consent_grant(asked, end_user=self.server.person)
        except OAuth2Error as error:
            return oauth.handle_error_response(asked, error)
        return oauth.create_authorization_response(
            asked, grant_user=self.server.person, grant=grant
        )

    def userinfo(self):
        provider = self.server
        person = provider.tokens.get(self.headers["Authorization"].removeprefix("Bearer "))
        if person is None:
            return 401, {}, ""
        claims = {"iss": provider.issuer, "aud": CLIENT_ID} | person
        token = provider.signed("userinfo", claims)
        return 200, {"Content-Type": "application/jwt; charset=utf-8"}, token

    def log_message(self, *_arguments):
        pass


def _json(value):
    return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(value)
