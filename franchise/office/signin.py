"""The addresses of signing in. django-allauth asks for them by these names, without a namespace."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from franchise.office.views.shell import SetUpCode

PAGES = "office/signin/"

urlpatterns = [
    path(
        "login/",
        account.LoginView.as_view(template_name=f"{PAGES}login.html"),
        name="account_login",
    ),
    path(
        "login/code/",
        mfa.AuthenticateView.as_view(template_name=f"{PAGES}code.html"),
        name="mfa_authenticate",
    ),
    path(
        "logout/",
        account.LogoutView.as_view(template_name=f"{PAGES}logout.html"),
        name="account_logout",
    ),
    path("me/", mfa.IndexView.as_view(template_name=f"{PAGES}me.html"), name="mfa_index"),
    path(
        "me/password/",
        account.PasswordChangeView.as_view(
            template_name=f"{PAGES}password.html", success_url="../"
        ),
        name="account_change_password",
    ),
    path(
        "me/again/",
        account.ReauthenticateView.as_view(template_name=f"{PAGES}again.html"),
        name="account_reauthenticate",
    ),
    path(
        "me/again/code/",
        mfa.ReauthenticateView.as_view(template_name=f"{PAGES}again.html"),
        name="mfa_reauthenticate",
    ),
    path(
        "me/code/",
        SetUpCode.as_view(template_name=f"{PAGES}set_up_code.html"),
        name="mfa_activate_totp",
    ),
    path(
        "me/code/replace/",
        totp.DeactivateTOTPView.as_view(
            template_name=f"{PAGES}replace_code.html", success_url="../"
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "me/recovery/",
        recovery.ViewRecoveryCodesView.as_view(template_name=f"{PAGES}recovery.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "me/recovery/new/",
        recovery.GenerateRecoveryCodesView.as_view(template_name=f"{PAGES}recovery_new.html"),
        name="mfa_generate_recovery_codes",
    ),
]
