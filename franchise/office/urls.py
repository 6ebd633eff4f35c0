"""Head office's pages, grouped by area. Whatever is in this namespace is behind HeadOfficeOnly."""

from django.urls import URLPattern, path

from franchise.office.views import search, shell

app_name = "office"

urlpatterns: list[URLPattern] = [
    path("", shell.home, name="home"),
    path("search/", search.search, name="search"),
]
