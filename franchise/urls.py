from django.urls import URLPattern, URLResolver, path

from franchise.core.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
]
