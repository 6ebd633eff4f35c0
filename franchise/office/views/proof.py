"""The proof: the last runs, what was looked at, and the rows that are not as they must be."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from franchise.core.clock import now
from franchise.ledger.models import ProofRun
from franchise.ledger.tasks import prove_nightly
from franchise.office.views.shell import StaffRequest, needs
from franchise.users.access import Right

RUNS_SHOWN = 12
PATIENCE = timedelta(minutes=1)


def proof(request: StaffRequest) -> HttpResponse:
    """The last run; while one asked for is under way, the page asks again every other second."""
    runs = list(ProofRun.objects.order_by("-started_at")[:RUNS_SHOWN])
    asked_at = _asked_at(request)
    is_waiting = asked_at is not None and not (runs and runs[0].started_at >= asked_at)
    context = {
        "run": runs[0] if runs else None,
        "runs": runs,
        "asked_at": asked_at,
        "is_waiting": is_waiting,
        "is_late": is_waiting and asked_at is not None and now() - asked_at > PATIENCE,
    }
    page = "office/proof/result.html" if request.htmx else "office/proof/page.html"
    return render(request, page, context)


def proof_run(request: StaffRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(ProofRun, pk=pk)
    runs = ProofRun.objects.order_by("-started_at")[:RUNS_SHOWN]
    return render(request, "office/proof/page.html", {"run": run, "runs": runs})


@needs(Right.PROVE)
@require_POST
def run_proof(request: StaffRequest) -> HttpResponse:
    """Wake a worker; the page then waits for a run that began after this moment."""
    asked_at = now()
    prove_nightly.delay()
    return redirect(f"{reverse('office:proof')}?asked={asked_at:%Y-%m-%dT%H:%M:%S}Z")


def _asked_at(request: StaffRequest) -> datetime | None:
    try:
        return parse_datetime(request.GET.get("asked", ""))
    except ValueError:
        return None
