"""Log lines are events, and carry no whole phone number."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from franchise.core.logs import mask_personal_data
from tests.platform.test_production import SAFE


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("13812345678", "138****5678"),
        ("sent to 13812345678, 13987654321", "sent to 138****5678, 139****4321"),
        ("GET /login?phone=13812345678", "GET /login?phone=138****5678"),
        ("+8613812345678", "+86138****5678"),
        ("order 2026013812345678", "order 2026013812345678"),
        (["13812345678", 1], ["138****5678", 1]),
        ({"phone": "13812345678"}, {"phone": "138****5678"}),
        (7, 7),
    ],
)
def test_numbers_are_masked_wherever_they_stand(value, written):
    assert mask_personal_data(None, "info", {"event": value}) == {"event": written}


def test_production_writes_one_json_object_a_line(tmp_path):
    code = """
import logging, django; django.setup()
import structlog
structlog.get_logger("ours").info("code_sent", phone="13812345678")
logging.getLogger("theirs").warning("number %s", "13812345678")
try:
    raise ValueError("13812345678")
except ValueError:
    logging.getLogger("theirs").exception("failed")
"""
    environment = {**os.environ, **SAFE, "REGENT_VAR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "franchise.settings"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    ours, theirs, failed = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["phone"], ours["level"]) == ("code_sent", "138****5678", "info")
    assert theirs["event"] == "number 138****5678"
    assert "ValueError: 138****5678" in failed["exception"]
