from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from franchise.core.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="office:home")),
    path("healthz", healthz),
    path("i18n/", include("django.conf.urls.i18n")),
    path("office/", include("franchise.office.signin")),
    path("office/", include("franchise.office.urls")),
    path("portal/", include("franchise.portal.urls")),
]

handler403 = "franchise.office.views.shell.refused"
handler404 = "franchise.office.views.shell.not_found"
