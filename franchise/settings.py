"""Everything that differs between machines comes from the environment; see docs/operations.md."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env("REGENT_VAR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=True)
TESTING = "pytest" in sys.modules

INSECURE_SECRET = "insecure-only-for-trying-out"  # noqa: S105
SECRET_KEY = env("SECRET_KEY", default=INSECURE_SECRET)
if not DEBUG and SECRET_KEY == INSECURE_SECRET:
    message = "DEBUG=false needs a SECRET_KEY of its own in the environment."
    raise ImproperlyConfigured(message)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "csp",
    "mptt",
    "franchise.core",
    "franchise.users",
    "franchise.history",
    "franchise.regions",
    "franchise.ledger",
    "agents",
    "inventory",
    "franchise.orders",
    "franchise.bonuses",
    "franchise.office",
    "franchise.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "franchise.office.middleware.HeadOfficeOnly",
]

ROOT_URLCONF = "franchise.urls"
WSGI_APPLICATION = "franchise.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "franchise.core.context_processors.theme",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///regent")}
DATABASES["default"]["CONN_MAX_AGE"] = 60

# Limits on signing in are counted here: one cache for all processes.
CACHES = {
    "default": env.cache(
        "CACHE_URL", default="locmemcache://" if TESTING else f"filecache://{VAR_DIR / 'cache'}"
    )
}

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}

# Head office signs in with phone number and password, then a one-time code (TOTP).
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "office:home"
PORTAL_HOME = "/portal/"
ACCOUNT_ADAPTER = "franchise.users.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": "20/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "franchise.users.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Regent"
MFA_TOTP_TOLERANCE = 1
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("HTTPS_ONLY", default=not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE and not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL_REDIRECT else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# No inline script and no style attribute anywhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "franchise" / "static"]
# While trying out, files are served from where they lie; else `collectstatic` compresses them.
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FORM_RENDERER = "franchise.office.forms.Renderer"
DJANGO_TABLES2_TEMPLATE = "office/table.html"
MEDIA_ROOT = VAR_DIR / "media"

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://")
CELERY_TIMEZONE = TIME_ZONE

# A lower app asks an upper one through these dotted paths (checked at start-up).
# Each takes (region_id, tier, starts_on, ends_on): the days on which a region's holder would
# change. It raises a BusinessError when the past they touch has been awarded.
TERRITORY_CHANGE_GUARDS: list[str] = []
# Each returns the checks of one app for `prove`: franchise.ledger.proof.Check.
PROOFS: list[str] = []

# Login codes of agents: "console" prints them (only for trying out), "tencent" sends them.
SMS_BACKEND = env("SMS_BACKEND", default="console")
if not DEBUG and SMS_BACKEND == "console":
    message = "DEBUG=false needs an SMS_BACKEND that sends: console prints login codes."
    raise ImproperlyConfigured(message)
TENCENT_SMS = {
    "secret_id": env("TENCENT_SMS_SECRET_ID", default=""),
    "secret_key": env("TENCENT_SMS_SECRET_KEY", default=""),
    "region": env("TENCENT_SMS_REGION", default="ap-guangzhou"),
    "app_id": env("TENCENT_SMS_APP_ID", default=""),
    "sign_name": env("TENCENT_SMS_SIGN_NAME", default=""),
    "template_id": env("TENCENT_SMS_TEMPLATE_ID", default=""),
}
