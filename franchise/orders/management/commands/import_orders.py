from pathlib import Path

from franchise.orders.actions.imports import import_orders, preview_orders
from franchise.orders.importing.report import Report
from franchise.orders.importing.taking import Tell
from franchise.orders.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Take in a shop's orders from a CSV or XLSX file; good rows go in, bad ones are listed."

    def take_in(self, path: Path, *, shop: str, tell: Tell) -> Report:
        return import_orders(path, shop=shop, tell=tell, may_enter_shop=True)

    def preview(self, path: Path, *, shop: str, tell: Tell) -> Report:
        return preview_orders(path, shop=shop, tell=tell, may_enter_shop=True)
