from django.urls import URLPattern, URLResolver, include, path

from franchise.core.health import healthz
from franchise.office.views.shell import front_door

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front_door),
    path("healthz", healthz),
    path("i18n/", include("django.conf.urls.i18n")),
    path("office/", include("franchise.office.signin")),
    path("office/", include("franchise.office.urls")),
    path("portal/", include("franchise.portal.urls")),
]

handler403 = "franchise.office.views.shell.refused"
handler404 = "franchise.office.views.shell.not_found"
handler429 = "franchise.office.views.shell.too_often"
