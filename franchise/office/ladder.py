"""How an order's story is drawn: the marked address, the way through the regions, the rungs.

Nothing here computes money: amounts, rates and bases are those of the story; geometry is drawn
from them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agents.models import Agent
from franchise.bonuses import rules
from franchise.bonuses.queries.story import Holding, Place, Step, Story, Turn
from franchise.core.money import ZERO
from franchise.core.templatetags import regent
from franchise.orders.models import Address
from franchise.regions.models import Region

# The pane of the running total, and how wide a rung of the highest total is drawn in it.
WIDTH, FULL = 140, Decimal("135.5")
TOP, BAR = 14, 12
BAR_WIDTH = 400
GAP = 2


@dataclass(frozen=True)
class Mark:
    """A piece of an address. `tone` is used (it counted), off (it contradicts) or empty."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Evidence:
    """What one source said of the region, and whether it was the one that decided."""

    source: str
    said: str
    region: str
    decided: bool = False
    contradicts: tuple[str, ...] = ()
    unknown: bool = False


@dataclass(frozen=True)
class Way:
    """A stop on the way to the region: a division with its holder, or a level that is not there."""

    region: Region | None
    kind: str
    agent: Agent | None = None
    is_here: bool = False
    words: str = ""


@dataclass(frozen=True)
class Bar:
    """A piece of a drawn bar; the numbers are strings, so that no locale touches them."""

    x: str
    width: str
    shade: str


@dataclass(frozen=True)
class Rung:
    step: Step
    running: Decimal
    tone: str
    path: str
    bar: Bar | None
    vacant: tuple[str, ...]


@dataclass(frozen=True)
class Landing:
    """One turn of the ladder: a heading and its rungs."""

    number: int
    turn: Turn
    heading: str
    path: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Receiver:
    """What one agent, or head office, was given of the order, and what of it was taken back."""

    agent: Agent | None
    region: Region
    given: Decimal
    taken: Decimal

    @property
    def now(self) -> Decimal:
        return self.given + self.taken


@dataclass(frozen=True)
class Ladder:
    story: Story
    marks: tuple[Mark, ...]
    evidence: tuple[Evidence, ...]
    way: tuple[Way, ...]
    landings: tuple[Landing, ...]
    shares: tuple[Bar, ...]
    end: tuple[Bar, ...]
    end_path: str
    receivers: tuple[Receiver, ...]
    lines: int
    vacant: tuple[str, ...] = field(default=())

    @property
    def given(self) -> Decimal:
        return sum((receiver.given for receiver in self.receivers), ZERO)

    @property
    def taken(self) -> Decimal:
        return sum((receiver.taken for receiver in self.receivers), ZERO)


def ladder(story: Story) -> Ladder:
    vacant = tuple(vacancies(story))
    landings, peak, end = _landings(story, vacant)
    shares = [holding for holding in story.holdings if holding.amount > 0]
    return Ladder(
        story=story,
        marks=tuple(marks(story.address, story.counted_region)),
        evidence=tuple(evidence(story)),
        way=tuple(way(story)),
        landings=tuple(landings),
        shares=_side_by_side(shares, Decimal(BAR_WIDTH)),
        end=_side_by_side(shares, _x(story.total, peak)),
        end_path=f"M{_s(_x(end, peak))} 0V13" if landings else "",
        receivers=tuple(_receivers(story)),
        lines=sum(1 for turn in story.turns for step in turn.steps if step.amount),
        vacant=vacant,
    )


# The address


def marks(address: Address, region: Region | None) -> Iterator[Mark]:
    """What the shop said, the names that count marked, house numbers masked."""
    said = {
        "province": address.province,
        "city": address.city,
        "district": address.district,
        "town": address.town,
    }
    off = {
        found["column"]
        for entry in address.evidence
        if entry["source"] == "names"
        for found in entry.get("contradicts", ())
    }
    for column, name in said.items():
        if name:
            yield Mark(name, "off" if column in off else "used")
    yield from _text_marks(address)


def _text_marks(address: Address) -> Iterator[Mark]:
    matches: list[dict[str, Any]] = [
        match
        for entry in address.evidence
        if entry["source"] == "text"
        for match in entry.get("matches", ())
    ]
    at = 0
    for match in sorted(matches, key=lambda found: found["start"]):
        if match["start"] < at:
            continue
        if between := address.text[at : match["start"]]:
            yield Mark(regent.mask_address(between))
        yield Mark(match["text"], "off" if match.get("contradicts") else "used")
        at = match["end"]
    if rest := address.text[at:]:
        yield Mark(regent.mask_address(rest))


def evidence(story: Story) -> Iterator[Evidence]:
    """The three sources in the order in which they are asked; one that said nothing is there too.

    A pickup point or a person's decision goes before them and stands last.
    """
    overruled = story.counts_at != "delivery"
    by_source = {entry["source"]: entry for entry in story.address.evidence}
    for source in ("code", "names", "text"):
        entry = by_source.get(source)
        if entry is None:
            yield Evidence(source, "", "")
            continue
        contradicts = entry.get("contradicts", ())
        yield Evidence(
            source=source,
            said=_said(entry),
            region=entry["name"],
            decided=bool(entry["decided"]) and not overruled,
            contradicts=tuple(
                found["text"] if isinstance(found, dict) else found for found in contradicts
            ),
            unknown=bool(entry.get("unknown")),
        )
    if story.counts_at == "point":
        said = str(story.point) if story.point else story.order.pickup_point
        yield Evidence("point", said, _name(story.counted_region), decided=story.point is not None)
    if story.counts_at == "decision" and story.decisions:
        last = [decision for decision in story.decisions if decision.region_id][-1:]
        for decision in last:
            yield Evidence("decision", decision.reason, _name(story.counted_region), decided=True)


def _said(entry: dict[str, Any]) -> str:
    said = entry["said"]
    if entry["source"] == "names":
        return "、".join(said.values())
    if entry["source"] == "text":
        return "、".join(match["text"] for match in entry.get("matches", ()))
    return str(said)


def _name(region: Region | None) -> str:
    return region.name if region is not None else ""


# The way


def way(story: Story) -> Iterator[Way]:
    """From the province down, with the levels that are not there between them."""
    places = [place for place in story.places if place.tier is not None]
    below_each: list[Place | None] = [*places[1:], None]
    for place, below in zip(places, below_each, strict=False):
        held = place.territory
        words = "" if held else _words_of_vacant(place, places)
        kind = str(place.region.get_kind_display())
        agent = held.agent if held else None
        yield Way(place.region, kind, agent, below is None, words)
        if below is not None:
            yield from _missing_level(place.region, below.region)
    if places and places[-1].tier != rules.COUNTY:
        below_it = _("city") if places[-1].tier == rules.PROVINCE else _("county or district")
        yield Way(None, below_it, words=_("not certain any deeper"))


def _words_of_vacant(place: Place, places: Sequence[Place]) -> str:
    county = next((p for p in places if p.tier == rules.COUNTY), None)
    if place.tier == rules.COUNTY and county is not None and place is not county:
        return _("goes with %(county)s") % {"county": county.region.name}
    return _("vacant that day")


def _missing_level(above: Region, below: Region) -> Iterator[Way]:
    kinds = Region.Kind
    if above.kind == kinds.PROVINCE and below.kind != kinds.CITY:
        yield Way(None, _("city"), words=_("no city level here"))
    if above.kind == kinds.CITY and below.kind in (kinds.TOWN, kinds.ZONE):
        yield Way(None, _("county or district"), words=_("no county level here"))


def vacancies(story: Story) -> Iterator[str]:
    """The names of the places on the way that nobody held, from the deepest up."""
    if story.plan is None:
        return
    held = {place.tier for place in story.places if place.territory}
    for tier in rules.TIERS:
        of_tier = [place for place in story.places if place.tier == tier]
        if of_tier and tier not in held:
            yield of_tier[0].region.name


# The rungs


def _landings(story: Story, vacant: tuple[str, ...]) -> tuple[list[Landing], Decimal, Decimal]:
    """The turns with the running total, its highest point and where it ends."""
    totals = [ZERO]
    for step in _steps(story.turns):
        totals.append(totals[-1] + step.amount)
    peak = max(totals)
    landings: list[Landing] = []
    running = ZERO
    refunds = 0
    for number, turn in enumerate(story.turns, start=4):
        refunds += turn.kind == "refund"
        start = running
        rungs = []
        for at, step in enumerate(turn.steps):
            is_first = at == 0 and not landings
            rungs.append(_rung(step, running, peak, vacant, is_first=is_first))
            running += step.amount
        path = f"M{_s(_x(start, peak))} 0V40" if landings else ""
        landings.append(Landing(number, turn, _heading(turn, refunds), path, tuple(rungs)))
    return landings, peak, running


def _heading(turn: Turn, refunds: int) -> str:
    if turn.kind == "award":
        return _("Paid")
    if turn.kind == "refund":
        return _("Refund %(number)s") % {"number": refunds}
    if turn.kind == "taken_back":
        return _("Corrected: taken back")
    return _("Corrected: paid anew")


def _rung(
    step: Step, before: Decimal, peak: Decimal, vacant: tuple[str, ...], *, is_first: bool
) -> Rung:
    after = before + step.amount
    x0, x1 = _x(before, peak), _x(after, peak)
    above = "" if is_first else f"M{_s(x0)} 0V{TOP}"
    path = f"{above}M{_s(x1)} {TOP + BAR}V40" if step.amount else f"M{_s(x0)} 0V40"
    tone = "minus" if step.amount < 0 else "kept" if step.territory is None else "plus"
    shade = "back" if step.amount < 0 else shade_of(step.place)
    width = max(abs(x1 - x0), Decimal("1.2"))
    bar = Bar(_s(min(x0, x1)), _s(width), shade) if step.amount else None
    names = vacant if step.territory is None else ()
    return Rung(step, after, tone, path, bar, names)


def shade_of(place: int) -> str:
    """Agents in two tones of money, head office in grey."""
    return {rules.COUNTY: "a-1", rules.CITY: "a-2", rules.PROVINCE: "a-3"}.get(place, "a-0")


def _x(amount: Decimal, peak: Decimal) -> Decimal:
    return max(amount, ZERO) / peak * FULL if peak else ZERO


def _s(number: Decimal) -> str:
    return f"{number:.1f}"


def _side_by_side(holdings: Sequence[Holding], width: Decimal) -> tuple[Bar, ...]:
    """The shares next to each other over this width, with a gap between them."""
    whole = sum((holding.amount for holding in holdings), ZERO)
    bars = []
    at = ZERO
    for holding in holdings:
        part = holding.amount / whole * width
        bars.append(Bar(_s(at), _s(max(part - GAP, Decimal("0.8"))), shade_of(holding.place)))
        at += part
    return tuple(bars)


def _receivers(story: Story) -> Iterator[Receiver]:
    """Everybody who was ever given a part, in the order of the ladder; head office last."""
    found: dict[int | None, list[Step]] = {}
    for step in _steps(story.turns):
        agent = step.territory.agent_id if step.territory else None
        found.setdefault(agent, []).append(step)
    for key in sorted(found, key=lambda k: k is None):
        steps = found[key]
        amounts = [step.amount for step in steps]
        yield Receiver(
            agent=steps[0].territory.agent if steps[0].territory else None,
            region=steps[0].region,
            given=sum((amount for amount in amounts if amount > 0), ZERO),
            taken=sum((amount for amount in amounts if amount < 0), ZERO),
        )


def _steps(turns: Iterable[Turn]) -> Iterator[Step]:
    for turn in turns:
        yield from turn.steps
