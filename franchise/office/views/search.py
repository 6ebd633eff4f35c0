from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from franchise.office import queries


def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    return render(request, "office/search.html", {"text": text, "found": queries.found(text)})
