"""How head office's forms look; the forms of an area stand beside its views."""

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Every form on a page is drawn by these two templates."""

    form_template_name = "office/form.html"
    field_template_name = "office/field.html"


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
