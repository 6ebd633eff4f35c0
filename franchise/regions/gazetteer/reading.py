"""What is known so far while an address is read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from franchise.regions.gazetteer.places import Day, Place, deepest_shared


@dataclass(slots=True, frozen=True)
class Reading:
    """The places that remain possible; everything below them remains possible with them.

    `ceiling` is set once two statements contradicted each other: the deepest region they share.
    From then on nothing makes the reading deeper, only the list of what remains possible shorter.
    """

    possible: tuple[Place, ...]
    ceiling: Place | None = None

    @property
    def is_open(self) -> bool:
        """Nothing but the country is known."""
        return self.ceiling is None and self.possible[0].kind == "country"

    def fitting(self, options: Iterable[Place], day: Day) -> list[Place]:
        """Those of the options that are inside what is possible, and say more than it.

        哈密市 after 哈密地区 is the county that was in it, not the city that came after it.
        """
        fitting = [
            option
            for option in options
            if option not in self.possible
            and any(day.is_within(option, place) for place in self.possible)
        ]
        if len(fitting) < 2:
            return fitting
        return preferred(
            fitting, lambda option: any(place in self.possible for place in option.chain)
        )

    def restated_by(self, options: Sequence[Place], day: Day) -> list[Place]:
        """The possible places that are inside, or are, one of the options."""
        return [
            place
            for place in self.possible
            if any(day.is_within(place, option) for option in options)
        ]

    def narrowed(self, options: Sequence[Place], day: Day) -> "Reading":
        """The reading after a statement that fits it."""
        if self.ceiling is None:
            return Reading(outermost(options))
        kept: list[Place] = []
        for place in self.possible:
            kept += [o for o in options if day.is_within(o, place)] or [place]
        return Reading(tuple(dict.fromkeys(kept)), self.ceiling)

    def contradicted(self, options: Sequence[Place]) -> "Reading":
        """The reading after a statement that does not fit it."""
        possible = tuple(dict.fromkeys([*self.possible, *options]))
        ceiling = deepest_shared([*possible, *([self.ceiling] if self.ceiling else [])])
        return Reading(possible, ceiling)


def outermost(options: Iterable[Place]) -> tuple[Place, ...]:
    """Without those that are inside another: 吉林 is the province, with the city in it."""
    options = list(dict.fromkeys(options))
    if len(options) == 1:
        return (options[0],)
    return tuple(
        option for option in options if not any(other in options for other in option.chain[1:])
    )


def preferred(options: Iterable[Place], fits: Callable[[Place], bool]) -> list[Place]:
    """Those that fit, or all where none does."""
    options = list(options)
    return [option for option in options if fits(option)] or options
