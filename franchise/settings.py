"""Everything that differs between machines comes from the environment; see docs/operations.md."""

import sys
from pathlib import Path

import environ
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
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///regent")}
DATABASES["default"]["CONN_MAX_AGE"] = 60

AUTH_USER_MODEL = "users.User"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
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
