"""What waits for a person at head office: counts for the first page and the lists behind them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.queries import territories_without_consent
from franchise.bonuses.models import BonusTurn, Plan, Refusal
from franchise.core.clock import today
from franchise.ledger.models import ProofRun
from franchise.orders.models import ImportFile, RejectedRow
from franchise.orders.queries.orders import old_versions, open_corrections, refunds_without_order


@dataclass(frozen=True)
class Item:
    """`tone` is now (it blocks money), soon or empty."""

    tone: str
    symbol: str
    words: str
    why: str
    href: str
    act: str


def count_unresolved() -> int:
    """Orders that wait for a person to say where they count."""
    return Refusal.objects.exclude(why=Refusal.Why.NO_PLAN).count()


def items() -> list[Item]:
    """What waits, the thing that blocks first."""
    order = {"now": 0, "soon": 1, "": 2}
    return sorted(_items(), key=lambda item: order[item.tone])


def _items() -> Iterator[Item]:
    yield from _proof()
    yield from _refused_orders()
    yield from _orders_and_refunds()
    yield from _imports()
    yield from _people()


def _proof() -> Iterator[Item]:
    last = ProofRun.objects.order_by("-started_at").first()
    if last is not None and not last.ok:
        yield Item(
            "now",
            "shield-x",
            _("The books do not prove"),
            _("The last proof found rows that are not as they must be."),
            reverse("office:proof"),
            _("Look at the rows"),
        )


def _refused_orders() -> Iterator[Item]:
    found = {
        why: (count, oldest)
        for why, count, oldest in Refusal.objects.values_list("why").annotate(
            count=Count("order"), oldest=Min("paid_on")
        )
    }
    without_plan, _since = found.pop(Refusal.Why.NO_PLAN, (0, None))
    count = sum(n for n, _oldest in found.values())
    if count:
        days = (today() - min(oldest for _n, oldest in found.values())).days
        yield Item(
            "now",
            "map-pin-question",
            ngettext(
                "%(count)s order’s region is not certain: its bonus waits",
                "%(count)s orders’ regions are not certain: their bonus waits",
                count,
            )
            % {"count": count},
            ngettext("the oldest for %(days)s day", "the oldest for %(days)s days", days)
            % {"days": days},
            reverse("office:unresolved"),
            _("Decide"),
        )
    if without_plan:
        yield Item(
            "now",
            "percentage",
            ngettext("%(count)s order without plan", "%(count)s orders without plan", without_plan)
            % {"count": without_plan},
            _("No plan is in force on their day of payment."),
            reverse("office:without_plan"),
            _("Look at them"),
        )


def _orders_and_refunds() -> Iterator[Item]:
    if count := BonusTurn.objects.filter(over_part__gt=0).count():
        yield Item(
            "soon",
            "arrow-back-up",
            ngettext("%(count)s over-refund", "%(count)s over-refunds", count) % {"count": count},
            _("More was refunded than goods and freight together."),
            reverse("office:over_refunds"),
            _("Look at them"),
        )
    if count := refunds_without_order().count():
        yield Item(
            "",
            "hourglass",
            ngettext(
                "%(count)s refund waits for its order",
                "%(count)s refunds wait for their orders",
                count,
            )
            % {"count": count},
            _("They count as soon as the orders come."),
            reverse("office:refunds_without_order"),
            _("Look at them"),
        )
    if count := old_versions().count():
        yield Item(
            "",
            "history",
            ngettext(
                "%(count)s delivery changed nothing", "%(count)s deliveries changed nothing", count
            )
            % {"count": count},
            _("Older than what is held, or below what is refunded."),
            reverse("office:old_versions"),
            _("Look at them"),
        )


def _imports() -> Iterator[Item]:
    states = dict(
        ImportFile.objects.filter(state=ImportFile.State.PREVIEWED)
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    if count := states.get(ImportFile.State.PREVIEWED, 0):
        yield Item(
            "soon",
            "file-import",
            ngettext(
                "%(count)s file is checked and waits for your go",
                "%(count)s files are checked and wait for your go",
                count,
            )
            % {"count": count},
            _("Nothing of it is taken in before."),
            reverse("office:imports"),
            _("Look at it"),
        )
    if count := RejectedRow.objects.filter(mended_at=None).count():
        yield Item(
            "soon",
            "pencil",
            ngettext(
                "%(count)s row was not taken and can be mended",
                "%(count)s rows were not taken and can be mended",
                count,
            )
            % {"count": count},
            _("What is wrong stands beside each."),
            reverse("office:imports") + "?rejected=1",
            _("Mend"),
        )


def _people() -> Iterator[Item]:
    if count := open_corrections().count():
        yield Item(
            "soon",
            "map-pin",
            ngettext(
                "%(count)s correction of a region waits for approval",
                "%(count)s corrections of regions wait for approval",
                count,
            )
            % {"count": count},
            _("By another person than who proposed it."),
            reverse("office:corrections"),
            _("Look at it"),
        )
    if count := Plan.objects.filter(approved_at=None, withdrawn_at=None).count():
        yield Item(
            "soon",
            "percentage",
            ngettext(
                "%(count)s plan waits for approval", "%(count)s plans wait for approval", count
            )
            % {"count": count},
            _("It pays nothing until then."),
            reverse("office:plans"),
            _("Look at it"),
        )
    if count := territories_without_consent().count():
        yield Item(
            "",
            "file-certificate",
            ngettext(
                "%(count)s consent is to be attached",
                "%(count)s consents are to be attached",
                count,
            )
            % {"count": count},
            _("Towns taken from a file as agreed."),
            reverse("office:territory_list") + "?consent=to_be_attached",
            _("Look at them"),
        )
