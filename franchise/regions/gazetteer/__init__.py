"""Where is an address? See docs/regions.md for how it is found out."""

from franchise.regions.gazetteer.resolver import (
    AddressFields,
    Gazetteer,
    Resolution,
    current_gazetteer,
)

__all__ = ["AddressFields", "Gazetteer", "Resolution", "current_gazetteer"]
