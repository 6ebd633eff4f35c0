"""Which column of a shop's file is which of ours, and which of its words is which of ours."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from franchise.orders.errors import (
    AmbiguousColumns,
    ColumnsMissing,
    NoColumnForTheRegion,
    UnknownColumnName,
)

# Headers of the usual shop exports (Taobao, JD, Pinduoduo, Douyin, Youzan, Weimob, WeChat shop).
# Where a file has several for one column the first listed here is taken, but of amounts none.
ORDER_HEADERS: dict[str, tuple[str, ...]] = {
    "order_no": ("订单编号", "订单号", "主订单编号", "主订单号", "交易编号", "商城订单号"),
    "paid_at": ("付款时间", "支付时间", "订单付款时间", "支付完成时间", "付款日期", "买家付款时间"),
    "goods_amount": ("商品实付金额", "商品金额", "实付金额", "商品实付", "货款", "商品总额"),
    "freight": ("运费", "邮费", "运费金额", "买家应付邮费", "快递费", "配送费"),
    "buyer": ("买家", "买家昵称", "买家会员名", "买家账号", "会员号", "用户id", "客户"),
    "buyer_kind": ("买家类型", "客户类型", "买家身份", "会员类型"),
    "region_code": ("区域代码", "行政区划代码", "地区编码", "区划代码", "区域编码", "地区代码"),
    "province": ("省", "省份", "收货省", "收货省份", "收件省份", "收货人省份", "省/直辖市"),
    "city": ("市", "城市", "收货市", "收货城市", "收件城市", "收货人城市", "地级市"),
    "district": (
        "区",
        "区县",
        "区/县",
        "县",
        "收货区",
        "收货区县",
        "收货人地区",
        "收件区县",
        "县区",
    ),
    "town": ("街道", "乡镇", "镇", "镇街", "街道/乡镇", "乡镇街道", "收货街道", "收货人街道"),
    "address": (
        "收货地址",
        "详细地址",
        "收货人地址",
        "收件地址",
        "收件人地址",
        "地址",
        "收货详细地址",
        "完整地址",
    ),
    "pickup_point": ("提货点", "自提点", "提货点编号", "自提点编号", "服务点", "服务点编号"),
    "completed_at": ("完成时间", "订单完成时间", "交易完成时间", "确认收货时间", "签收时间"),
    "status": ("订单状态", "状态", "交易状态"),
    "buyer_name": ("收货人", "收货人姓名", "收件人", "收件人姓名", "买家姓名", "姓名"),
    "buyer_phone": (
        "手机",
        "手机号",
        "收货人手机",
        "联系手机",
        "联系电话",
        "收货人手机号",
        "收件人手机",
        "收件人电话",
        "电话",
    ),
    "updated_at": ("更新时间", "修改时间", "最后更新时间", "订单更新时间"),
}
REFUND_HEADERS: dict[str, tuple[str, ...]] = {
    "refund_no": ("退款单号", "退款编号", "售后单号", "售后编号", "退款单编号", "退货退款编号"),
    "order_no": ORDER_HEADERS["order_no"],
    "amount": ("退款金额", "实退金额", "退款总金额", "退给买家的金额", "买家退款金额"),
    "refunded_at": ("退款时间", "退款完成时间", "退款成功时间", "退款日期", "售后完成时间"),
    "freight_amount": ("退运费", "退款运费", "运费", "运费退款", "退邮费", "其中运费"),
    "status": ("退款状态", "状态", "售后状态"),
}
REQUIRED_OF_ORDERS = ("order_no", "paid_at", "goods_amount")
REQUIRED_OF_REFUNDS = ("refund_no", "order_no", "amount", "refunded_at")
REGION_COLUMNS = (
    "region_code",
    "province",
    "city",
    "district",
    "town",
    "address",
    "pickup_point",
)
AMOUNT_COLUMNS = ("goods_amount", "freight", "amount", "freight_amount")

STATUS_WORDS = {
    "paid": (
        "已付款 已支付 待发货 买家已付款 买家已付款,等待发货 买家已付款,等待卖家发货 待配送 "
        "已发货 部分发货 卖家已发货 卖家已发货,等待买家确认 待收货 等待买家收货 "
        "运输中 配送中 待自提 待提货 待核销 待出库 出库中"
    ),
    "completed": "已完成 完成 交易成功 交易完成 已收货 已签收 确认收货 已核销 已提货 已自提",
    "cancelled": "已取消 取消 交易关闭 已关闭 关闭 订单取消 订单关闭 canceled closed",
}
BUYER_KIND_WORDS = {
    "consumer": "消费者 普通用户 普通买家 顾客 客户 会员 普通会员 个人",
    "agent": "代理 代理商 区域代理 经销商",
    "service_point": "服务点 门店 自提点 提货点 服务站",
}
REFUND_STATUS_WORDS = {
    "requested": "申请中 已申请 待审核 审核中 退款中 处理中 待处理 待退款 等待卖家处理 退款处理中",
    "completed": "已完成 完成 退款成功 退款完成 已退款 成功",
    "rejected": "已拒绝 拒绝 退款关闭 已关闭 关闭 已取消 已撤销 退款失败 canceled cancelled",
}


def words(of: Mapping[str, str]) -> dict[str, str]:
    """Each word a shop may use for one of ours, ours among them."""
    return {word: ours for ours, theirs in of.items() for word in (ours, *theirs.split())}


@dataclass
class Mapped:
    """Where each of our columns stands in the file, and which headers nobody knows."""

    positions: dict[str, int]
    unknown: list[str] = field(default_factory=list)


def map_order_headers(header: Sequence[str], own: Mapping[str, str]) -> Mapped:
    """Find our columns of an order. `own`: the shop's headers, each with our name or "" for none.

    Refuses with ColumnsMissing, NoColumnForTheRegion, AmbiguousColumns, UnknownColumnName.
    """
    mapped = _map_headers(header, own, ORDER_HEADERS, REQUIRED_OF_ORDERS)
    if not set(REGION_COLUMNS) & set(mapped.positions):
        raise NoColumnForTheRegion
    return mapped


def map_refund_headers(header: Sequence[str], own: Mapping[str, str]) -> Mapped:
    """Find our columns of a refund; the same refusals."""
    return _map_headers(header, own, REFUND_HEADERS, REQUIRED_OF_REFUNDS)


def our_columns(kind: str) -> list[str]:
    """The columns that a file of this kind may have."""
    return list(REFUND_HEADERS if kind == "refunds" else ORDER_HEADERS)


def refuse_unknown_columns(own: Mapping[str, str], known: Iterable[str]) -> None:
    """Refuse (UnknownColumnName) a mapping to a column that is not one of ours."""
    for theirs, ours in own.items():
        if ours and ours not in known:
            raise UnknownColumnName(header=theirs, column=ours)


def _map_headers(
    header: Sequence[str],
    own: Mapping[str, str],
    known: Mapping[str, tuple[str, ...]],
    required: Sequence[str],
) -> Mapped:
    headers = [_plain(cell) for cell in header]
    refuse_unknown_columns(own, {*ORDER_HEADERS, *REFUND_HEADERS})
    own = {_plain(theirs): ours for theirs, ours in own.items()}
    positions: dict[str, int] = {}
    for column, theirs_of_column in known.items():
        named = [at for at, name in enumerate(headers) if own.get(name) == column]
        free = [name for name in (column, *theirs_of_column) if _plain(name) not in own]
        found = named or [
            at for name in free for at, cell in enumerate(headers) if cell == _plain(name)
        ]
        if len(found) > 1 and column in AMOUNT_COLUMNS:
            raise AmbiguousColumns(column=column, found="、".join(header[at] for at in found))
        if found:
            positions[column] = found[0]
    if missing := [column for column in required if column not in positions]:
        raise ColumnsMissing(
            columns="、".join(f"{column} ({known[column][0]})" for column in missing),
            found="、".join(cell.strip() for cell in header if cell.strip())[:300],
        )
    taken = set(positions.values())
    unknown = [cell for at, cell in enumerate(header) if at not in taken and cell.strip()]
    return Mapped(positions, unknown)


def _plain(header: str) -> str:
    """A header without what exports add: full-width forms, stars, units in brackets."""
    plain = unicodedata.normalize("NFKC", header).strip().strip("*\"'").lower()
    plain = re.sub(r"\s*\((?:元|¥|yuan|cny|rmb)\)$", "", plain)
    return re.sub(r"[\s_]+", "_", plain)
