"""`make bench`: what docs/performance.md reports, measured anew in a database of its own.

`N` orders (a million unless set); prints a table and writes var/bench.json. Ratios are taken
within one run; the figures of two runs on a busy machine do not compare.
"""

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "franchise.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Django keeps every statement while DEBUG is on: nothing to measure with.
os.environ.update({"DEBUG": "false", "SECRET_KEY": "bench", "ALLOWED_HOSTS": "testserver"})
os.environ.update({"SMS_BACKEND": "tencent", "HTTPS_ONLY": "false"})
N = int(os.environ.get("N", "1000000"))
NAME = "regent_bench"


def main() -> None:
    _own_database()
    from django.core.management import call_command  # noqa: PLC0415

    from tests.bench import awarding, files, importing, pages, resolve  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _, regions_seconds = _timed(lambda: call_command("load_regions", "--json"))
    report: dict[str, Any] = {"machine": _machine(), "load_regions_seconds": regions_seconds}
    with tempfile.TemporaryDirectory() as folder:
        report["territories"] = files.write_territories(Path(folder) / "territories.csv")
        files.write_plan(Path(folder) / "plan.json")
        call_command("import_territories", f"{folder}/territories.csv", "--json")
        call_command("import_plan", f"{folder}/plan.json")
    report["resolve"] = resolve.measure()
    report["growth"] = []
    for orders in (N // 100, N // 10, N):
        report["import"] = importing.measure(orders)
        seconds = awarding.award_waiting()
        growth = {"orders": orders, "import_seconds": report["import"]["seconds"]}
        report["growth"].append({**growth, "award_seconds": seconds})
    report["award"] = awarding.measure()
    report["award_1000_more_seconds"] = awarding.measure_more()
    report["award_one"] = awarding.measure_one()
    _, report["sum_days_seconds"] = _timed(_sum_days)
    report["pages_ms"] = pages.measure(
        {
            "overview": "/office/overview/?period=own&first=2026-06-01&last=2026-08-31",
            "orders": "/office/orders/",
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        report["shadow_run"] = _shadow_run(Path(folder), files, min(N, 100_000))
    _write(report)


def _own_database() -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {NAME} with (force)")
        cursor.execute(f"create database {NAME}")
    connection.close()
    settings.DATABASES["default"]["NAME"] = NAME
    connection.settings_dict["NAME"] = NAME


def _sum_days() -> None:
    from franchise.bonuses.actions.summing import sum_dirty_days  # noqa: PLC0415

    sum_dirty_days()


def _shadow_run(folder: Path, files: Any, orders: int) -> dict[str, Any]:
    from franchise.bonuses.actions.shadow_running import run_in_shadow  # noqa: PLC0415

    paths = {name: folder / name for name in ("territories", "plan", "orders", "refunds", "out")}
    files.write_territories(paths["territories"])
    files.write_plan(paths["plan"])
    files.write_orders(paths["orders"], orders)
    files.write_refunds(paths["refunds"], orders)
    run, seconds = _timed(lambda: run_in_shadow(**paths))
    return {"orders": orders, "lines": run.lines, "seconds": seconds}


def _timed(work: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, round(time.perf_counter() - began, 2)


def _machine() -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "postgresql": version,
        "fsync": fsync,
        "load_before": round(os.getloadavg()[0], 2),
    }


def _write(report: dict[str, Any]) -> None:
    from django.conf import settings  # noqa: PLC0415

    path = settings.VAR_DIR / "bench.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2))
    for name, found in report.items():
        sys.stdout.write(f"{name:24} {json.dumps(found)}\n")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
