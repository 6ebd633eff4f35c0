"""What happened to an order, dated: the column beside its ladder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from franchise.bonuses.models import BonusLine
from franchise.bonuses.queries.story import Story, Turn
from franchise.core.clock import SHANGHAI, now
from franchise.core.money import ZERO
from franchise.core.templatetags import regent
from franchise.history.queries import story_of
from franchise.office import story as words_of_history
from franchise.orders.models import Order, OrderVersion


@dataclass(frozen=True)
class Happened:
    """`kind` is empty for done, back for taken back, next for what is still to come."""

    title: str
    words: str
    at: datetime | None = None
    day: date | None = None
    kind: str = ""

    @property
    def order(self) -> datetime:
        if self.at is not None:
            return self.at
        if self.day is not None:
            return datetime.combine(self.day, time(23, 59), SHANGHAI)
        return datetime.max.replace(tzinfo=SHANGHAI)


def happened(story: Story) -> list[Happened]:
    """All of it in order, what is to come last."""
    return sorted(_all(story), key=lambda one: one.order)


def _all(story: Story) -> Iterator[Happened]:
    order = story.order
    goods = regent.plain_money(order.goods_amount)
    yield Happened(
        _("Paid"),
        _("%(shop)s, goods %(goods)s") % {"shop": order.shop, "goods": goods},
        at=order.paid_at,
    )
    yield from _awarded(story)
    yield from (_turned(turn) for turn in story.turns[1:])
    yield from _completed(story)
    for event in story_of(order)[:20]:
        who = str(event.by) if event.by else _("by the program or a command")
        reason = event.data.get("reason", "")
        words = f"{who}：{reason}" if reason else who
        yield Happened(words_of_history.words(event), words, at=event.at)


def _awarded(story: Story) -> Iterator[Happened]:
    posted_at = (
        BonusLine.objects.filter(order_id=story.order.pk, turn=0)
        .values_list("batch__posted_at", flat=True)
        .first()
    )
    if posted_at is None:
        return
    first = story.turns[0]
    retained = sum((step.amount for step in first.steps if step.territory is None), ZERO)
    facts = {
        "agents": regent.plain_money(first.amount - retained),
        "retained": regent.plain_money(retained),
    }
    yield Happened(
        _("Awarded %(amount)s") % {"amount": regent.plain_money(first.amount)},
        _("agents %(agents)s, head office %(retained)s") % facts,
        at=posted_at,
    )


def _turned(turn: Turn) -> Happened:
    amount = regent.plain_money(turn.amount)
    if turn.refund is not None:
        return Happened(
            _("Refund %(amount)s") % {"amount": regent.plain_money(turn.refund.amount)},
            _("%(number)s, bonus %(amount)s") % {"number": turn.refund.refund_no, "amount": amount},
            at=turn.at,
            kind="back",
        )
    is_back = turn.kind == "taken_back"
    title = _("Corrected: taken back") if is_back else _("Corrected: paid anew")
    return Happened(title, amount, at=turn.at, kind="back" if is_back else "")


def _completed(story: Story) -> Iterator[Happened]:
    order = story.order
    if order.status == Order.Status.COMPLETED and order.completed_at is not None:
        until = ""
        if story.earned_from is not None:
            day = story.earned_from.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
            until = _("after-sales until %(day)s") % {"day": day}
        yield Happened(_("Completed"), until, at=order.completed_at)
    if story.earning is not None:
        yield Happened(
            _("Earned"), _("after-sales over, the agents’ now"), day=story.earning.earned_on
        )
    elif story.state == "pending":
        if story.earned_from is None:
            yield Happened(_("Earned"), _("after completion and the after-sales days"), kind="next")
        else:
            at = max(story.earned_from, now())
            yield Happened(_("Earned"), _("if nothing is in dispute"), at=at, kind="next")


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    number: int
    ended_at: datetime
    changes: tuple[Change, ...]


COMPARED = (
    "goods_amount",
    "freight",
    "paid_at",
    "completed_at",
    "status",
    "buyer_kind",
    "pickup_point",
    "address_id",
)


def versions(order: Order) -> list[Version]:
    """The former versions, the newest first, each with what the one after it says otherwise."""
    held = {name: getattr(order, name) for name in COMPARED}
    found = []
    for former in OrderVersion.objects.filter(order=order).order_by("-number"):
        changes = [
            Change(_label(name), _shown(name, former.content.get(name)), _shown(name, held[name]))
            for name in COMPARED
            if name in former.content
            and _shown(name, former.content[name]) != _shown(name, held[name])
        ]
        found.append(Version(former.number, former.ended_at, tuple(changes)))
        held = {name: former.content.get(name) for name in COMPARED}
    return found


def _label(name: str) -> str:
    if name == "address_id":
        return _("Address")
    field = Order._meta.get_field(name)  # noqa: SLF001  (Django documents _meta)
    return str(getattr(field, "verbose_name", name))


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if name in ("goods_amount", "freight"):
        return regent.plain_money(value)
    if name in ("paid_at", "completed_at"):
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return str(at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"))
    if name == "status":
        return str(Order.Status(value).label)
    if name == "buyer_kind":
        return str(Order.BuyerKind(value).label)
    return str(value)
