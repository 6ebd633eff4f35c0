"""DEBUG=false refuses what serves only for trying out."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {
    "DEBUG": "false",
    "SECRET_KEY": "a-secret-of-this-test-alone-0123456789-abcdefghij-klmnopqrst",
    "ALLOWED_HOSTS": "regent.example",
    "DATABASE_URL": "postgres:///production",
    "CELERY_BROKER_URL": "amqp://rabbit.example//",
    "SMS_BACKEND": "tencent",
    "TENCENT_SMS_SECRET_ID": "id",
    "TENCENT_SMS_SECRET_KEY": "key",
    "TENCENT_SMS_APP_ID": "app",
    "TENCENT_SMS_SIGN_NAME": "sign",
    "TENCENT_SMS_TEMPLATE_ID": "template",
}


def in_production(*arguments, tmp_path, **changes):
    """Run Python or a command with the safe settings, some of them changed or (None) missing."""
    chosen = {**os.environ, **SAFE, "REGENT_VAR": str(tmp_path), **changes}
    chosen["DJANGO_ALLOW_ASYNC_UNSAFE"] = None  # set by the tests that drive a browser
    environment = {key: value for key, value in chosen.items() if value is not None}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_safe_configuration_starts(tmp_path):
    done = in_production("manage.py", "check", "--deploy", "--fail-level=ERROR", tmp_path=tmp_path)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": settings.INSECURE_SECRET}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"SMS_BACKEND": "console"}, "SMS_BACKEND"),
        ({"TENCENT_SMS_SECRET_KEY": None}, "TENCENT_SMS_SECRET_KEY"),
    ],
)
def test_a_default_is_refused(changes, named, tmp_path):
    done = in_production("manage.py", "check", tmp_path=tmp_path, **changes)

    assert done.returncode != 0
    assert named in done.stderr


@pytest.mark.parametrize(
    ("changes", "warning"),
    [({"DATABASE_URL": None}, "core.W001"), ({"CELERY_BROKER_URL": None}, "core.W002")],
)
def test_what_serves_for_trying_out_is_warned_about(changes, warning, tmp_path):
    done = in_production("manage.py", "check", "--deploy", tmp_path=tmp_path, **changes)

    assert done.returncode == 0
    assert warning in done.stderr
    assert warning not in in_production("manage.py", "check", "--deploy", tmp_path=tmp_path).stderr


PRINT_SETTINGS = """
import json, django
from django.conf import settings
names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
         "SECURE_HSTS_SECONDS", "SESSION_COOKIE_HTTPONLY", "CONTENT_SECURITY_POLICY"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def test_cookies_travel_over_https_only_and_pages_run_no_foreign_script(tmp_path):
    done = in_production(
        "-c", PRINT_SETTINGS, tmp_path=tmp_path, DJANGO_SETTINGS_MODULE="franchise.settings"
    )

    found = json.loads(done.stdout)
    policy = found.pop("CONTENT_SECURITY_POLICY")["DIRECTIVES"]
    assert found == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SESSION_COOKIE_HTTPONLY": True,
    }
    assert policy["default-src"] == ["'self'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
