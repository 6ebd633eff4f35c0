"""The divisions: browsing, finding one in a form, adding and retiring by hand, aliases."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from franchise.office import queries


def region_finds(request: HttpRequest) -> HttpResponse:
    """The finds of a form's picker. The search box is called after the field it serves."""
    name = request.GET.get("name", "region")
    text = request.GET.get(f"{name}-search", "").strip()
    context = {"name": name, "text": text, "regions": queries.regions_called(text)}
    return render(request, "office/regions/finds.html", context)
