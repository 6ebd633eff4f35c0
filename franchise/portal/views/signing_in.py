"""Signing in: a phone number, then the code that was sent to it."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from franchise.core.errors import BusinessError
from franchise.portal.forms import CodeForm, PhoneForm
from franchise.users.actions.login_codes import check_login_code, send_login_code
from franchise.users.errors import CodeAskedTooOften
from franchise.users.rules import PER_PHONE

PHONE, NEXT = "login_phone", "login_next"
STAY_SIGNED_IN = 30 * 24 * 3600


@never_cache
def ask_for_code(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("portal:home")
    form = PhoneForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            send_login_code(phone, address=get_adapter().get_client_ip(request))
        except CodeAskedTooOften as error:
            refusal = error
        else:
            request.session[PHONE] = phone
            if request.POST.get("next"):
                request.session[NEXT] = request.POST["next"]
            return redirect("portal:login_code")
    page = {"form": form, "refusal": refusal, "next": request.GET.get("next", "")}
    return render(request, "portal/login.html", page)


@never_cache
@sensitive_post_parameters("code")
def type_code(request: HttpRequest) -> HttpResponse:
    phone = request.session.get(PHONE)
    if request.user.is_authenticated or not phone:
        return redirect("portal:login")
    form = CodeForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            user = check_login_code(phone, form.cleaned_data["code"])
        except BusinessError as error:
            refusal = error
        else:
            back = request.session.get(NEXT, "")
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            request.session.set_expiry(STAY_SIGNED_IN)
            request.session.pop(PHONE, None)
            request.session.pop(NEXT, None)
            return redirect(back if is_ours(request, back) else "portal:home")
    page = {
        "form": form,
        "refusal": refusal,
        "phone": phone,
        "wait": PER_PHONE[0].window.seconds if request.method == "GET" else 0,
        "printed": settings.DEBUG and settings.SMS_BACKEND == "console",
    }
    return render(request, "portal/login_code.html", page)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("portal:login")


def is_ours(request: HttpRequest, address: str) -> bool:
    return bool(address) and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
