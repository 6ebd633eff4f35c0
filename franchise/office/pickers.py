"""Choosing one of forty thousand divisions, or one of many agents, in a form."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from franchise.regions.models import Region


class RegionPicker(forms.Widget):
    """A search box whose finds are radio buttons; the chosen one stays on top."""

    template_name = "office/regions/picker.html"

    def use_required_attribute(self, initial: Any) -> bool:
        """The search box may stay empty once a division is chosen."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        pk = value.pk if isinstance(value, Region) else value
        chosen = None
        if pk and str(pk).isdigit():
            chosen = Region.objects.select_related("parent__parent__parent").filter(pk=pk).first()
        context["widget"].update(chosen=chosen, finds=reverse_lazy("office:region_finds"))
        return context


class RegionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A division; those no longer in force can be chosen too, where the form allows it."""

    widget = RegionPicker

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region.objects.all(), **kwargs)

    @property
    def choices(self) -> Any:
        """The picker asks the server; it never lists them all."""
        return []

    @choices.setter
    def choices(self, value: Any) -> None:
        pass
