import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from franchise.bonuses.queries.explanation import as_dict, as_text
from franchise.bonuses.queries.story import find_order, story
from franchise.orders.models import Order


class Command(BaseCommand):
    help = "Tells an order's whole story: where it went, who held what, what was paid and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("shop", help="the shop's code")
        parser.add_argument("order_no")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, shop: str, order_no: str, **options: Any) -> None:
        try:
            order = find_order(shop, order_no)
        except Order.DoesNotExist as error:
            raise CommandError(
                _("Shop %(shop)s has no order %(order_no)s.") % {"shop": shop, "order_no": order_no}
            ) from error
        told = story(order.pk, after_sales=settings.AFTER_SALES)
        self.stdout.write(
            json.dumps(as_dict(told), ensure_ascii=False) if options["json"] else as_text(told)
        )
