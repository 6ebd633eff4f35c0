"""Taking in a small file of head office's own: looked through first, then taken in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Outcome
from franchise.office.views.shell import StaffRequest

FOLDER = Path(settings.MEDIA_ROOT) / "intake"
SALT = "office.intake"
A_DAY = 86400
PROBLEMS_SHOWN = 200


@dataclass(frozen=True)
class Kind:
    """One kind of file: what its page says, and who reads it and takes it in.

    `take_in(path, dry_run, by)` is the app's own action.
    """

    title: str | Promise
    columns: tuple[tuple[str, str | Promise], ...]
    back: str
    take_in: Callable[..., Outcome]


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX, at most 20 MB.")
    )


def intake(request: StaffRequest, kind: Kind) -> HttpResponse:
    """GET: choose a file; POST with a file: its preview; POST with its token: taken in."""
    if request.method == "POST" and "token" in request.POST:
        return _take_in(request, kind)
    form = FileForm(request.POST or None, request.FILES or None)
    context = {"form": form, "kind": kind}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        path = FOLDER / uuid4().hex / Path(upload.name).name
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        try:
            outcome = kind.take_in(path, dry_run=True, by=request.user)
        except BusinessError as refusal:
            form.add_error("file", str(refusal))
        else:
            token = signing.dumps(str(path.relative_to(FOLDER)), salt=SALT)
            context.update(
                outcome=outcome,
                name=path.name,
                token=token,
                problems=outcome.problems[:PROBLEMS_SHOWN],
            )
    return render(request, "office/intake.html", context)


def _take_in(request: StaffRequest, kind: Kind) -> HttpResponse:
    try:
        path = FOLDER / signing.loads(request.POST["token"], salt=SALT, max_age=A_DAY)
    except signing.BadSignature as error:
        raise Http404 from error
    try:
        outcome = kind.take_in(path, dry_run=False, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        counts = {
            "new": outcome.new,
            "changed": outcome.changed,
            "unchanged": outcome.unchanged,
            "rejected": outcome.rejected,
        }
        messages.success(
            request,
            _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(rejected)d not taken.")
            % counts,
        )
    return redirect(kind.back)
