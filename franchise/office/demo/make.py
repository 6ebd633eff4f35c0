"""Writes the demo's files from a fixed seed: `python -m franchise.office.demo.make`.

The files speak of the 91 days up to 2026-11-23; `manage.py demo` moves them by whole days so that
the last of them is yesterday.
"""

import csv
import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from franchise.office.demo import market
from franchise.office.demo.orders import Shop, moments, oddities, ordinary, refunds
from franchise.office.demo.places import buyers

FILES = Path(__file__).parent / "files"
SEED = 20261123
ORDER_COLUMNS = (
    "order_no",
    "paid_at",
    "goods_amount",
    "freight",
    "buyer",
    "buyer_kind",
    "region_code",
    "province",
    "city",
    "district",
    "town",
    "address",
    "pickup_point",
    "completed_at",
    "status",
    "buyer_name",
    "buyer_phone",
    "updated_at",
)
CHINESE = {
    "order_no": "订单编号",
    "paid_at": "付款时间",
    "goods_amount": "商品金额",
    "freight": "运费",
    "buyer": "买家昵称",
    "buyer_kind": "买家类型",
    "region_code": "区域代码",
    "province": "省份",
    "city": "城市",
    "district": "区县",
    "town": "街道",
    "address": "收货地址",
    "pickup_point": "提货点",
    "completed_at": "完成时间",
    "status": "订单状态",
    "buyer_name": "收货人",
    "buyer_phone": "手机号",
    "updated_at": "更新时间",
}
REFUND_COLUMNS = ("refund_no", "order_no", "amount", "refunded_at", "freight_amount", "status")


def main(into: Path = FILES) -> None:
    """Write all files into a folder."""
    into.mkdir(exist_ok=True)
    chance = random.Random(SEED)  # noqa: S311  (no secret)
    official, mini = Shop("official"), Shop("mini")
    people = buyers(chance)
    for moment in sorted(moments(chance)):
        shop = official if chance.random() < 0.6 else mini
        shop.orders.append(ordinary(shop, moment, chance.choice(people), chance))
    oddities(official, mini, people, chance)
    for shop in (official, mini):
        refunds(shop, chance)
        write_shop(shop, into)
    write_market(into)
    write_plans(into)


def write_shop(shop: Shop, into: Path) -> None:
    """One file of orders a month (one of them XLSX), then the changes, then the refunds."""
    headers = CHINESE if shop.code == "official" else {column: column for column in ORDER_COLUMNS}
    shop.orders.sort(key=lambda order: (order.paid_at, order.order_no))
    for number, month in enumerate((8, 9, 10, 11), start=1):
        rows = [order.cells() for order in shop.orders if order.paid_at.month == month]
        if shop.code == "mini" and month == 11:
            rows += bad_rows(rows)
        name = f"{shop.code}-orders-{number}"
        if shop.code == "official" and month == 9:
            write_xlsx(into / f"{name}.xlsx", headers, rows)
        else:
            write_csv(into / f"{name}.csv", headers, rows)
    write_csv(into / f"{shop.code}-orders-5-late.csv", headers, [o.cells() for o in shop.changes])
    same = {column: column for column in REFUND_COLUMNS}
    write_csv(into / f"{shop.code}-refunds.csv", same, shop.refunds)


def bad_rows(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Rows that are refused one by one, each for a reason of its own."""
    a, b, c, d, e = rows[10], rows[20], rows[30], rows[40], rows[50]
    return [
        {**a, "order_no": "XCX90000001", "goods_amount": ""},
        {**b, "order_no": "XCX90000002", "goods_amount": "-68.00"},
        {**c, "order_no": "XCX90000003", "paid_at": "昨天晚上"},
        {**d, "order_no": "4.12E+17"},
        {**e, "order_no": "XCX90000005", "goods_amount": "=SUM(C2:C9)"},
        {**e, "goods_amount": "1.00"},
    ]


def write_csv(path: Path, headers: dict[str, str], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headers.values())
        writer.writerows([row[column] for column in headers] for row in rows)


def write_xlsx(path: Path, headers: dict[str, str], rows: Iterable[dict[str, str]]) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    book.set_properties({"created": datetime(2026, 11, 23)})  # noqa: DTZ001  (always the same file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(headers.values()))
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, [row[column] for column in headers])
    book.close()


def write_market(into: Path) -> None:
    agents = list(enumerate(market.AGENTS, start=1))
    code_of = {agent.name: market.agent_code(number) for number, agent in agents}
    table(
        into / "agents.csv",
        ("code", "name", "kind", "contact", "phone"),
        [
            (
                market.agent_code(n),
                a.name,
                "person" if a.is_person else "company",
                a.owner,
                market.owner_phone(n),
            )
            for n, a in agents
        ],
    )
    held = [
        (code, tier, market.agent_code(n), since, "")
        for n, a in agents
        for code, tier, since in a.holds
    ]
    table(into / "territories.csv", ("region_code", "tier", "agent", "starts_on", "ends_on"), held)
    region, old, new, day = market.HANDED_OVER
    table(
        into / "transfers.csv",
        ("region_code", "tier", "from_agent", "to_agent", "on"),
        [(region, market.COUNTY, code_of[old], code_of[new], day)],
    )
    members = [(market.agent_code(n), market.owner_phone(n), a.owner, "owner") for n, a in agents]
    members += [
        (market.agent_code(3), "19900000803", "阿珍会计", "bookkeeper"),
        (market.agent_code(3), "19900000804", "小何店员", "clerk"),
    ]
    table(into / "members.csv", ("agent", "phone", "name", "role"), members)
    table(into / "pickup_points.csv", ("code", "name", "region_code"), market.PICKUP_POINTS)


def table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    headers = {column: column for column in columns}
    write_csv(path, headers, (dict(zip(columns, row, strict=True)) for row in rows))


def write_plans(into: Path) -> None:
    cumulative = {"province": "0.06", "city": "0.05", "county": "0.03"}
    plans = [
        (
            "plan-1",
            "additive",
            {"province": "0.01", "city": "0.02", "county": "0.03"},
            None,
            "2026-01-01",
        ),
        ("plan-2", "level_difference", cumulative, None, "2026-07-01"),
        ("plan-3-proposed", "level_difference", cumulative, "0.05", "2027-01-01"),
    ]
    for name, mode, rates, cap, starts_on in plans:
        plan = {"mode": mode, "rates": rates, "cap": cap, "starts_on": starts_on}
        text = json.dumps(plan, indent=2) + "\n"
        (into / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
