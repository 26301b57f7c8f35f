"""The only settings. Values come from the environment (see .env.example); code never branches on
where it runs. Importing this starts nothing and writes nothing."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from results_portal.office import tables

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / ".data"
LOCKS_DIR = DATA_DIR / "locks"  # of this host

env = environ.Env(
    ACCESSIBILITY_PLAN=(str, ""),
    ACCESSIBILITY_SCHEME=(str, ""),
    ACCESS_CODE_KEY=(str, ""),
    ACCESS_CODE_KEY_OLD=(str, ""),
    ALARM_IDENTIFICATIONS=(int, 2000),
    ALARM_SIGN_INS=(int, 100),
    ALARM_VERIFICATIONS=(int, 200),
    ALLOWED_HOSTS=(list, ["127.0.0.1", "localhost", "[::1]"]),
    ATTESTATION_DELAY_DAYS=(int, 15),
    BACKUPS_KEPT_DAYS=(int, 90),
    DATABASE_OWNER_URL=(str, ""),
    DATABASE_PUBLIC_URL=(str, ""),
    DATABASE_REPLICA_URL=(str, ""),
    DATABASE_URL=(str, ""),
    DEBUG=(bool, False),
    DEFAULT_FROM_EMAIL=(str, "ne-pas-repondre@examens.invalid"),
    DIPLOMA_ROUTES=(str, ""),
    EMAIL_URL=(str, "consolemail://"),
    FAST_PATH=(str, "prepared"),
    HTTPS=(bool, True),
    LOGS_KEPT_DAYS=(int, 365),
    MESSAGES_PER_SECOND=(int, 20),
    NEXT_STEPS_LINKS=(str, ""),
    OFFICE_ADDRESS=(str, "1 rue de l’Exemple"),
    OFFICE_CITY=(str, "75000 Paris"),
    OFFICE_DIRECTOR=(str, "Claude Modèle, directrice du service"),
    OFFICE_EMAIL=(str, "examens@examens.invalid"),
    OFFICE_HOST=(
        str,
        "Hébergeur Exemple|2 rue de l’Exemple|75000 Paris|01 99 00 00 00",
    ),
    OFFICE_NAME=(str, "Service régional des examens"),
    OFFICE_SIGNATORY=(str, "La directrice du service"),
    OFFICE_SITE=(str, "resultats.examens.invalid"),
    OFFICE_TELEPHONE=(str, ""),
    OFFICE_TRIBUNAL=(str, ""),
    OIDC_ACR=(list, []),
    OIDC_CLIENT_ID=(str, ""),
    OIDC_CLIENT_SECRET=(str, ""),
    OIDC_ISSUER=(str, ""),
    OIDC_NAME=(str, "ProConnect"),
    REGISTRATION_SITES=(str, ""),
    RETENTION_YEARS=(int, 6),
    SEAL_CERTIFICATE=(str, ""),
    SEAL_KEY=(str, ""),
    SECOND_PERSON=(bool, True),
    SECRET_KEY=(str, ""),
    SECRET_KEY_FALLBACKS=(list, []),
    SENTRY_DSN=(str, ""),
    SITE_NAME=(str, "Résultats d’examens"),
    STAFF_MFA=(str, ""),
    STATE_BRAND=(str, ""),
    STATE_FONT=(bool, True),
    STORAGE_URL=(str, (DATA_DIR / "files").as_uri()),
    TEST_DATABASE_NAME=(str, "test_portal"),
    TRUSTED_PROXY_COUNT=(int, 0),
)
environ.Env.read_env(BASE_DIR / ".env")

# Who the office is, as pages and documents say it
SITE_NAME = env("SITE_NAME")
OFFICE_NAME, OFFICE_EMAIL = env("OFFICE_NAME"), env("OFFICE_EMAIL")
OFFICE_ADDRESS, OFFICE_CITY = env("OFFICE_ADDRESS"), env("OFFICE_CITY")
OFFICE_SIGNATORY, OFFICE_SITE = env("OFFICE_SIGNATORY"), env("OFFICE_SITE")
OFFICE_DIRECTOR, OFFICE_HOST = env("OFFICE_DIRECTOR"), env("OFFICE_HOST")  # of the publication
OF_THE_DEMO = {name: env.scheme[name][1] for name in ("OFFICE_DIRECTOR", "OFFICE_HOST")}
# Addresses of the two documents that a public service publishes on accessibility (RGAA).
ACCESSIBILITY_SCHEME, ACCESSIBILITY_PLAN = env("ACCESSIBILITY_SCHEME"), env("ACCESSIBILITY_PLAN")
OFFICE_TELEPHONE, OFFICE_TRIBUNAL = env("OFFICE_TELEPHONE"), env("OFFICE_TRIBUNAL")
STATE_BRAND, STATE_FONT = env("STATE_BRAND"), env("STATE_FONT")
ATTESTATION_DELAY_DAYS = env("ATTESTATION_DELAY_DAYS")  # working days
REGISTRATION_SITES = tables.read_registration_sites(env("REGISTRATION_SITES"))
DIPLOMA_ROUTES = tables.read_diploma_routes(env("DIPLOMA_ROUTES"))
NEXT_STEPS_LINKS = tables.read_next_steps(env("NEXT_STEPS_LINKS"))

# How long things are kept, as the page on personal data says: data of a session, after its last
# results opened (`purge` reads it); the log of the site and the backups, which the host keeps.
RETENTION_YEARS = env("RETENTION_YEARS")
LOGS_KEPT_DAYS, BACKUPS_KEPT_DAYS = env("LOGS_KEPT_DAYS"), env("BACKUPS_KEPT_DAYS")

# Secrets
SECRET_KEY = env("SECRET_KEY")
if not SECRET_KEY and env("DATABASE_URL"):
    raise ImproperlyConfigured("SECRET_KEY must be set when DATABASE_URL is.")
if env("DATABASE_URL") and not env("DATABASE_PUBLIC_URL"):
    raise ImproperlyConfigured(
        "DATABASE_PUBLIC_URL must be set when DATABASE_URL is: visitors' pages have a login of "
        "their own, which deploy/roles.sql makes (see docs/operations.md)."
    )
# Former keys, accepted beside the present ones until nothing made with them is in use.
SECRET_KEY_FALLBACKS, ACCESS_CODE_KEY_OLD = env("SECRET_KEY_FALLBACKS"), env("ACCESS_CODE_KEY_OLD")
ACCESS_CODE_KEY = env("ACCESS_CODE_KEY")
SEAL_KEY, SEAL_CERTIFICATE = env("SEAL_KEY"), env("SEAL_CERTIFICATE")
SEAL_FILE = DATA_DIR / "seal" / "seal.pem"  # where one is made when they are not given

# Openings and corrections are proposed by one person and approved by another.
SECOND_PERSON = env("SECOND_PERSON")

DEBUG, ALLOWED_HOSTS = env("DEBUG"), env("ALLOWED_HOSTS")
# How pages are served in the rush (see `scripts/serve`): on, prepared or off.
FAST_PATH = env("FAST_PATH")
if FAST_PATH not in {"on", "prepared", "off"}:
    raise ImproperlyConfigured(f"FAST_PATH is on, prepared or off, not {FAST_PATH}.")
ROOT_URLCONF = "results_portal.urls"
WSGI_APPLICATION = "results_portal.wsgi.application"
STAFF_PREFIX = "/gestion/"

INSTALLED_APPS = [
    "procrastinate.contrib.django",
    "results_portal",
    "candidates",
    "results",
    "diplomas",
    "pghistory",
    "pgtrigger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "candidates.sign_in.apps.SignInConfig",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "results_portal.web.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "results_portal.web.compression.CompressionMiddleware",
    "results_portal.web.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "candidates.identification.middleware.VisitorMiddleware",
    "results_portal.web.middleware.NullCharacterMiddleware",
    "results_portal.web.middleware.MethodNotAllowedMiddleware",
    "results_portal.web.health.HealthMiddleware",
    "results_portal.web.query.QueryMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "results_portal.web.middleware.AuthenticationMiddleware",
    "results_portal.web.middleware.MessageMiddleware",
    "results_portal.web.middleware.HistoryMiddleware",
    "results_portal.web.middleware.AccountMiddleware",
    "candidates.sign_in.middleware.SecondFactorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "results_portal.web.context_processors.portal",
                "candidates.identification.context_processors.visitor",
            ],
        },
    },
]

# Databases: `default` is the office's login, `public` the visitors', to whom row-level security
# applies; deploy/roles.sql makes both. Without DATABASE_URL they are Django's dummies, which refuse
# whatever is asked of them. The owner's login is that of `manage.py migrate` and its like.
DATABASE_URL, DATABASE_PUBLIC_URL = env("DATABASE_URL"), env("DATABASE_PUBLIC_URL")
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL") or DATABASE_URL
DATABASE_REPLICA_URL = env("DATABASE_REPLICA_URL")
# What visitors' pages write (counters, sealed files), always on the primary.
PUBLIC_WRITES = "public_writes" if DATABASE_REPLICA_URL else "public"
KEPT = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ENGINE": "results_portal.postgresql"}
DATABASES: dict[str, dict[str, Any]] = {"default": {}, "public": {}, PUBLIC_WRITES: {}}
if DATABASE_URL:
    DATABASES["default"] = env.db_url_config(DATABASE_URL) | KEPT
    DATABASES[PUBLIC_WRITES] = env.db_url_config(DATABASE_PUBLIC_URL) | KEPT
    DATABASES["public"] = env.db_url_config(DATABASE_REPLICA_URL or DATABASE_PUBLIC_URL) | KEPT
KEPT_ALIVE = {"connect_timeout": 5, "tcp_user_timeout": 10_000}  # seconds; milliseconds
KEPT_ALIVE |= {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
# A server that has vanished is found out, rather than waited for as long as TCP does.
for database in DATABASES.values():
    database["OPTIONS"] = KEPT_ALIVE | database.get("OPTIONS", {})
DATABASES["default"]["TEST"] = {"NAME": env("TEST_DATABASE_NAME")}
for alias in {"public", PUBLIC_WRITES}:
    DATABASES[alias]["FOR_VISITORS"] = True  # each new connection is asked what its login may do
    DATABASES[alias]["TEST"] = {"MIRROR": "default"}
    DATABASES[alias]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}
DATABASE_ROUTERS = ["results_portal.routers.PublicAlias"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Mail and files
mail = env.email_url_config(env("EMAIL_URL"))
vars().update(mail)
SMTP, OURS = "django.core.mail.backends.smtp", "candidates.messages.smtp"
EMAIL_BACKEND = mail["EMAIL_BACKEND"].replace(SMTP, OURS)
MESSAGES_PER_SECOND = env("MESSAGES_PER_SECOND")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL")
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORED_FILES = Path(unquote(urlsplit(env("STORAGE_URL")).path))
WORK_DIR = STORED_FILES / "work"  # where jobs make their files, on the same disk
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": STORED_FILES,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Long work of the office: a queue in the database, emptied by `manage.py worker`
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = ["candidates.jobs.tasks", "candidates.file_imports.tasks"]

# Language and time
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "results_portal.formats"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# The history of rows (candidates/history.py): what it has written changes no more
PGHISTORY_APPEND_ONLY = True

# Staff sign-in
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["candidates.sign_in.hashing.PatientPasswordHasher"]
KNOWN_BROWSER_COOKIE = "__Secure-navigateur" if env("HTTPS") else "navigateur"
KNOWN_BROWSER_SECONDS = 365 * 24 * 3600
LOGIN_URL = "account_login"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 8 * 3600  # seconds
SESSION_COOKIE_PATH = STAFF_PREFIX
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# django-allauth: one signs in by name, and makes no account. Guesses are limited by our throttle.
ACCOUNT_ADAPTER = "candidates.single_sign_on.adapters.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "candidates.sign_in.forms.SignInForm",
    "reauthenticate": "candidates.sign_in.forms.PasswordAgainForm",
    "change_password": "candidates.sign_in.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
MFA_ADAPTER = "candidates.sign_in.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "candidates.sign_in.forms.FirstCodeForm",
    "add_webauthn": "candidates.sign_in.forms.NewPasskeyForm",
    "authenticate": "candidates.sign_in.forms.CodeForm",
    "authenticate_webauthn": "candidates.sign_in.forms.PasskeyForm",
    "edit_webauthn": "candidates.sign_in.forms.PasskeyNameForm",
    "login_webauthn": "candidates.sign_in.forms.PasskeyAloneForm",
    "reauthenticate": "candidates.sign_in.forms.CodeAgainForm",
    "reauthenticate_webauthn": "candidates.sign_in.forms.PasskeyAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # of 30 seconds, before and after
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env("HTTPS")  # as browsers do on localhost
# Whether an account without a second factor must choose one before anything else.
STAFF_MFA = {"": env("HTTPS"), "on": True, "off": False}.get(env("STAFF_MFA"))
if STAFF_MFA is None:
    raise ImproperlyConfigured(f"STAFF_MFA is on or off, not {env('STAFF_MFA')}.")
# Sign-in by a provider of identities too (OpenID Connect), where one is named.
OIDC_ISSUER, OIDC_NAME, OIDC_ACR = env("OIDC_ISSUER"), env("OIDC_NAME"), env("OIDC_ACR")
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env("OIDC_CLIENT_ID"), env("OIDC_CLIENT_SECRET")
if len({bool(value) for value in (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)}) > 1:
    raise ImproperlyConfigured("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together.")
if env("HTTPS") and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER must begin with https:// (HTTPS is on).")
SOCIALACCOUNT_ADAPTER = "candidates.single_sign_on.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "candidates.single_sign_on.provider.StaffProvider"}
}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds
SOCIALACCOUNT_STORE_TOKENS = False
# It keeps used codes in Django's cache: a table of the office, which visitors' pages never ask.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "candidates_staffcache",
    }
}

# Candidates identify for a while, by a signed cookie of their own
IDENTIFICATION_SECONDS = 30 * 60
IDENTIFICATION_COOKIE = "__Host-candidat" if env("HTTPS") else "candidat"

# Failures in an hour, from which the log and the office are warned
FAILURES_ALARM = {
    "identification": env("ALARM_IDENTIFICATIONS"),
    "sign_in": env("ALARM_SIGN_INS"),
    "verification": env("ALARM_VERIFICATIONS"),
}

# Transport. HTTPS is off only on a developer's machine.
HTTPS, TRUSTED_PROXY_COUNT = env("HTTPS"), env("TRUSTED_PROXY_COUNT")
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "results_portal.web.refusal.form_expired"
# With these prefixes no other site of the domain can set them.
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_NAME = "__Secure-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_SSL_REDIRECT = HTTPS
X_FRAME_OPTIONS = "DENY"

# What goes wrong, on stderr. Never by mail: a report would carry what a candidate typed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "results_portal.logs.Line",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"seldom": {"()": "results_portal.logs.OncePerSecond"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["seldom"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": []}, "django.request": {"level": "ERROR"}},
}

if env("SENTRY_DSN"):
    import sentry_sdk

    from results_portal.logs import report

    sentry_sdk.init(
        env("SENTRY_DSN"),
        before_send=report,
        before_send_transaction=report,
        include_local_variables=False,  # names, documents, codes that somebody typed
        max_request_body_size="never",
        send_default_pii=False,
    )
