"""Checks of `check --deploy`: settings with which the portal would work, and harm somebody.

They come beside Django's own and that of the seal (`results_portal.documents.seal`).
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections
from django.http.request import split_domain_port, validate_host

from results_portal.postgresql import visitors_login
from results_portal.routers import PUBLIC
from results_portal.web.context_processors import lines

SHORTEST_KEY, FEWEST_CHARACTERS = 32, 10  # of a key that nobody can find by trying
_RESERVED = (".invalid", ".example", ".localhost", ".test")  # RFC 2606: they lead nowhere
MAIL_SERVERS = {  # backends that hand an e-mail to one
    "django.core.mail.backends.smtp.EmailBackend",
    "candidates.messages.smtp.EmailBackend",
}

Check = Callable[..., Sequence[CheckMessage]]


def check_hosts(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Any host name would let a stranger choose the address in the portal's links."""
    if "*" in settings.ALLOWED_HOSTS:
        return [_error("E003", "ALLOWED_HOSTS is *: the portal believes any host name.")]
    return []


def check_access_code_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Access codes are derived from this key: whoever finds it has them all."""
    key = settings.ACCESS_CODE_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_CHARACTERS:
        return []
    said = "is short: it can be found by trying" if key else "is unset"
    hint = f"{SHORTEST_KEY} random characters or more, the same until the session is over."
    return [_error("E004", f"ACCESS_CODE_KEY {said}.", hint)]


def check_mail(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Anything but a mail server would lose the e-mails, or print them into a log."""
    found = []
    if settings.EMAIL_BACKEND not in MAIL_SERVERS:
        found.append(_error("E005", "EMAIL_URL names no mail server: nobody receives an e-mail."))
    for name in ("DEFAULT_FROM_EMAIL", "OFFICE_EMAIL"):
        if getattr(settings, name).rstrip(">").endswith(_RESERVED):
            found.append(_error("E006", f"{name} is an address that does not exist."))
    return found


def check_site(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The address printed on paper must lead to the portal."""
    host = split_domain_port(urlsplit(f"//{settings.OFFICE_SITE}").netloc)[0]
    if not host or host.endswith(_RESERVED):
        return [_error("E007", f"OFFICE_SITE, printed on paper, leads nowhere: {host}")]
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return [_error("E008", f"OFFICE_SITE, printed on paper, is not in ALLOWED_HOSTS: {host}")]
    return []


def check_legal_notice(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The law wants a director of the publication, and a host with its address and telephone."""
    found = []
    for name, said in settings.OF_THE_DEMO.items():
        if getattr(settings, name).strip() in {"", said}:
            found.append(_warning("W013", f"{name} is unset: the legal notice wants yours."))
    if len(lines(settings.OFFICE_HOST)) < len(("name", "address", "telephone")):
        hint = "The name, the address and the telephone, separated by bars."
        found.append(_warning("W014", "OFFICE_HOST does not say all that the law wants.", hint))
    for name in ("ACCESSIBILITY_SCHEME", "ACCESSIBILITY_PLAN"):
        if not getattr(settings, name):
            message = (
                f"{name} is unset: the statement on accessibility says that it is not published."
            )
            found.append(_warning("W015", message))
    return found


def check_proxy(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The portal ends no TLS: with HTTPS there is a proxy, and its address is not the visitor's."""
    if settings.HTTPS and not settings.TRUSTED_PROXY_COUNT:
        said = "TRUSTED_PROXY_COUNT is 0 with HTTPS: all visitors seem to come from the proxy."
        return [_error("E009", said)]
    return []


def check_second_factor(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A password alone is found out sooner or later, on a site that all can reach."""
    if settings.HTTPS and not settings.STAFF_MFA:
        return [_warning("W016", "STAFF_MFA is off: staff sign in by a password alone.")]
    return []


def check_environment_file(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The file of the environment holds every key and password."""
    file = settings.BASE_DIR / ".env"
    if file.exists() and file.stat().st_mode & 0o077:
        return [_error("E012", f"{file} can be read by others on this machine.", "chmod 600 .env")]
    return []


def check_logins(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Visitors' pages have a login of their own, and the office's owns no table."""
    asked = {
        "DATABASE_PUBLIC_URL": (settings.PUBLIC_WRITES, visitors_login.faults),
        "DATABASE_REPLICA_URL": (PUBLIC, visitors_login.faults),
        "DATABASE_URL": ("default", visitors_login.faults_of_the_office),
    }
    if settings.PUBLIC_WRITES == PUBLIC:
        del asked["DATABASE_REPLICA_URL"]
    found = []
    for name, (alias, faults) in asked.items():
        try:
            with connections[alias].cursor() as cursor:
                said = faults(cursor)
        except visitors_login.UnsafeLogin as refused:
            said = refused.faults
        except DatabaseError as problem:
            found.append(_error("E011", f"{name}: the database does not answer: {problem}"))
            continue
        if said:
            hint = "deploy/roles.sql makes the logins: see docs/operations.md."
            found.append(_error("E010", f"{name}: the login {', '.join(said)}.", hint))
    return found


CHECKS: list[Check] = [
    check_hosts,
    check_access_code_key,
    check_mail,
    check_site,
    check_legal_notice,
    check_proxy,
    check_second_factor,
    check_environment_file,
    check_logins,
]


def register() -> None:
    """Register the checks, for `check --deploy` alone."""
    for check in CHECKS:
        checks.register(check, checks.Tags.security, deploy=True)


def _error(number: str, message: str, hint: str | None = None) -> Error:
    return Error(message, hint=hint, id=f"results_portal.{number}")


def _warning(number: str, message: str, hint: str | None = None) -> CheckMessage:
    return checks.Warning(message, hint=hint, id=f"results_portal.{number}")
