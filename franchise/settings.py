"""Everything that differs between machines comes from the environment; see docs/operations.md."""

import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from franchise.core.logs import mask_personal_data

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env("REGENT_VAR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=True)
TESTING = "pytest" in sys.modules

# The secrets below are public and serve for trying out alone: production refuses them.
INSECURE_SECRET = "insecure-only-for-trying-out"  # noqa: S105
SECRET_KEY = env("SECRET_KEY", default=INSECURE_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
if not DEBUG:
    if not SECRET_KEY or SECRET_KEY == INSECURE_SECRET:
        raise ImproperlyConfigured("DEBUG=false needs a SECRET_KEY of its own in the environment.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("DEBUG=false needs ALLOWED_HOSTS: the names it is reached by.")

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
    "django_structlog",
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
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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

# Without DATABASE_URL the embedded PostgreSQL serves; it starts at the first connection.
DATABASE_URL = env("DATABASE_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(DATABASE_URL)
    if DATABASE_URL
    else {
        "ENGINE": "franchise.core.embedded",
        "NAME": "regent",
        "USER": "regent",
        "HOME": VAR_DIR / "pg",
    },
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Compiling a plan pays for reports of minutes; ours are milliseconds with many joins.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")

REDIS_URL = env("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]]
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
elif REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }
else:
    # Files, not memory: the limits on signing in must count over all processes.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
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

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "franchise" / "static"]
MEDIA_ROOT = VAR_DIR / ("test-media" if TESTING else "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
# While developing, files are served from where they lie; production collects them first.
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
FORM_RENDERER = "franchise.office.forms.Renderer"
DJANGO_TABLES2_TEMPLATE = "office/table.html"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
if not DEBUG:
    # HTTPS=false is for a closed network whose machines have no certificate.
    HTTPS = env.bool("HTTPS", default=True)
    SECURE_SSL_REDIRECT = HTTPS
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = HTTPS
    CSRF_COOKIE_SECURE = HTTPS
    SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
    # Being listed in browsers for good is the operator's own decision.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost/")
if CELERY_BROKER_URL.startswith("filesystem"):
    BROKER_DIR = VAR_DIR / ("test-broker" if TESTING else "broker")
    for folder in ("queue", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
CELERY_TIMEZONE = TIME_ZONE
# A message is only a wake-up: it is given back when its worker dies, and results are rows.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# Every app's sweeps: what finds waiting rows and calls one action. Seconds, or a crontab.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "ledger-roll-up": {"task": "franchise.ledger.tasks.roll_up_balances", "schedule": 60},
    "ledger-prove": {
        "task": "franchise.ledger.tasks.prove_nightly",
        "schedule": crontab(hour=3, minute=30),
    },
    "orders-check-files": {"task": "franchise.orders.tasks.check_files", "schedule": 3},
    "orders-take-in-files": {"task": "franchise.orders.tasks.take_in_files", "schedule": 3},
    "bonuses-award": {"task": "franchise.bonuses.tasks.award_waiting", "schedule": 3},
    "bonuses-earn": {"task": "franchise.bonuses.tasks.earn_due", "schedule": 600},
    "users-forget": {
        "task": "franchise.users.tasks.forget_old_login_codes",
        "schedule": crontab(hour=4, minute=10),
    },
}
# A wake-up that no worker heard is worth nothing once a few more have come.
for wake_up in CELERY_BEAT_SCHEDULE.values():
    if isinstance(wake_up["schedule"], int):
        wake_up["options"] = {"expires": 3 * wake_up["schedule"]}

LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    mask_personal_data,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "events": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [structlog.stdlib.PositionalArgumentsFormatter(), *LOG_PROCESSORS],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(),
                    exception_formatter=structlog.dev.plain_traceback,
                )
                if DEBUG
                else structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Each request is one line of django_structlog's; these would say it twice.
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        *LOG_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
# A wake-up that found nothing to do is no event; a task that failed is one.
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG

# How long after completion an order's bonus is the agents': the after-sales time.
AFTER_SALES = timedelta(days=env.int("AFTER_SALES_DAYS", default=7))

# A lower app asks an upper one through these dotted paths (checked at start-up).
# Each takes (region_id, tier, starts_on, ends_on): the days on which a region's holder would
# change. It raises a BusinessError when the past they touch has been awarded.
TERRITORY_CHANGE_GUARDS: list[str] = [
    "franchise.bonuses.actions.requeuing.refuse_awarded_territory",
]
# Likewise, told once the change is made: what waited for it is looked at again.
TERRITORY_CHANGE_FOLLOWERS: list[str] = [
    "franchise.bonuses.actions.requeuing.after_territory_change",
]
# Each takes the code of a pickup point just entered.
PICKUP_POINT_FOLLOWERS: list[str] = ["franchise.bonuses.actions.requeuing.after_pickup_point"]
# Takes ranges of order ids; how many of those orders wait for a person.
UNRESOLVED_COUNTER = "franchise.bonuses.queries.waiting.count_unresolved"
# Each returns the checks of one app for `prove`: franchise.ledger.proof.Check.
PROOFS: list[str] = ["franchise.bonuses.proofs.bonus_checks"]

# Limits on signing in count by address: that of the visitor, which the web server in front adds
# to X-Forwarded-For. With none in front the header is anybody's word and is not read.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0 if DEBUG else 1)

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
