import re

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MOBILE = re.compile(r"1[3-9]\d{9}")
DIGITS = 11


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        error_messages={"required": _("Please type your phone number, 11 digits.")},
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel-national", "autofocus": True}
        ),
    )

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        digits = re.sub(r"\D", "", typed.removeprefix("+86"))
        if len(digits) < DIGITS:
            few = DIGITS - len(digits)
            raise forms.ValidationError(
                ngettext(
                    "%(few)s digit is missing. A phone number has 11 digits.",
                    "%(few)s digits are missing. A phone number has 11 digits.",
                    few,
                ),
                params={"few": few},
            )
        if not MOBILE.fullmatch(digits):
            raise forms.ValidationError(_("A mainland mobile number has 11 digits: 13800002046."))
        return digits


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code, 6 digits"),
        max_length=20,
        error_messages={"required": _("Please type the 6 digits from the message.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
                "class": "rg-digits",
            }
        ),
    )

    def clean_code(self) -> str:
        digits = re.sub(r"\s", "", self.cleaned_data["code"])
        if not re.fullmatch(r"\d{6}", digits):
            raise forms.ValidationError(_("The code has 6 digits."))
        return digits


class OrderNumberForm(forms.Form):
    number = forms.CharField(
        label=_("Order number"),
        max_length=80,
        help_text=_(
            "It stands in the shop's “My orders”. Only an order whose full number you know."
        ),
        error_messages={"required": _("Please type the full order number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
