import pytest

from franchise.history.models import Event
from franchise.orders import errors
from franchise.orders.actions.shops import add_shop, change_shop
from franchise.orders.models import Order, Refund, Shop
from tests.cast import Cast
from tests.orders.files import Mall, good, refund, told


def test_a_shop_is_entered_once(cast: Cast) -> None:
    shop = add_shop(code=" tmall ", name="天猫旗舰店", by=cast.operations)
    assert (shop.code, shop.name) == ("tmall", "天猫旗舰店")
    assert Event.objects.get(verb="shop.added").by == cast.operations
    with pytest.raises(errors.ShopExists):
        add_shop(code="tmall", name="x", by=None)
    assert Shop.objects.count() == 1


@pytest.mark.parametrize(("code", "name"), [("", "x"), ("x" * 41, "x"), ("x", " ")])
def test_a_shop_needs_a_code_and_a_name(db: None, code: str, name: str) -> None:
    with pytest.raises(errors.ShopNeedsCode):
        add_shop(code=code, name=name, by=None)


def test_its_headers_serve_orders_and_refunds(mall: Mall) -> None:
    names = {"流水": "order_no", "货款额": "goods_amount", "退货款": "amount"}
    change_shop(mall.shop.pk, name="商城", header_names=names, rows_are_items=True, by=None)
    order = {"流水": "A1", "paid_at": "2026-03-01", "货款额": "5", "region_code": "440106"}
    assert told(mall.take(order, order)) == {"rows": 2, "new": 1}
    assert str(Order.objects.get().goods_amount) == "10.00"
    cells = {"流水": "A1", "退货款": "4"}
    row = {name: cell for name, cell in refund().items() if name not in ("order_no", "amount")}
    mall.refund(row | cells)
    assert str(Refund.objects.get().amount) == "4.00"


def test_headers_are_mapped_to_our_columns_only(mall: Mall) -> None:
    with pytest.raises(errors.UnknownColumnName):
        change_shop(mall.shop.pk, name="x", header_names={"a": "b"}, rows_are_items=False, by=None)
    with pytest.raises(errors.ShopNeedsCode):
        change_shop(mall.shop.pk, name="", header_names={}, rows_are_items=False, by=None)
    assert told(mall.take(good())) == {"rows": 1, "new": 1}
