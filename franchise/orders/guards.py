"""The guards that must stand, each with a digest of its definition; see `ledger.catalog`."""

GUARDS: dict[str, str] = {
    "orders_order.order_keeps_its_versions": "18d8b68b3b8c",
    "orders_order.orders_are_never_dropped": "30499c35241c",
    "orders_order.orders_are_never_truncated": "b4864919295a",
    "orders_orderversion.versions_are_never_rewritten": "357f3bc8dbb0",
    "orders_orderversion.versions_are_never_truncated": "44b429da4cd2",
    "orders_refund.completed_refund_stays": "940b26172c08",
    "orders_refund.refunds_are_never_dropped": "aea5df445b9a",
    "orders_refund.refunds_are_never_truncated": "613cc23136f1",
    "orders_waitingorders.orders_wait_once": "43ff9e8ab142",
}
