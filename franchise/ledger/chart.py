"""The chart of accounts: what each account is for, numbered after 《小企业会计准则》."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class Type(models.TextChoices):
    ASSET = "AS", _("asset")
    LIABILITY = "LI", _("liability")
    INCOME = "IN", _("income")
    EXPENSE = "EX", _("expense")
    EQUITY = "EQ", _("equity")


class Mode(models.TextChoices):
    """How the balance is kept.

    An authorising account has one running balance that can refuse an entry; whoever writes to it
    waits for the one before. A recording account is written by many at once: each transaction
    leaves a row beside the balance, and a job adds them up.
    """

    AUTHORISING = "A", _("authorising")
    RECORDING = "R", _("recording")


class Floor(models.TextChoices):
    """When an account may not fall below zero."""

    NONE = "none", _("none")
    ALWAYS = "always", _("never below zero")
    UNLESS_TAKEN_BACK = "payout", _("below zero only by a claw-back")


class Purpose(models.TextChoices):
    BANK = "1002", _("Bank")
    WECHAT = "1012.01", _("WeChat Pay")
    ALIPAY = "1012.02", _("Alipay")
    STOCK = "1405", _("Stock at cost")
    UNEARNED_BUY_INS = "2203.01", _("Buy-ins not yet earned")
    TAX_WITHHELD = "2221.12", _("Income tax withheld")
    DEPOSITS_HELD = "2241.01", _("Deposits held")
    UNAPPLIED_RECEIPTS = "2241.09", _("Unapplied receipts")
    OVERRIDE_ACCRUED = "2241.21", _("Override bonuses accrued")
    OVERRIDE_PAYABLE = "2241.22", _("Override bonuses payable")
    SERVICE_ACCRUED = "2241.31", _("Service rewards accrued")
    SERVICE_PAYABLE = "2241.32", _("Service rewards payable")
    OPENING_EQUITY = "3104.01", _("Opening equity")
    BUY_IN_INCOME = "5001.01", _("Buy-ins earned")
    OVERRIDE_EXPENSE = "5601.01", _("Override bonuses")
    SERVICE_EXPENSE = "5601.02", _("Service rewards")


class Line(NamedTuple):
    """What the chart says of an account; every account carries it from the day it is opened.

    `takes_back`: a bonus that is clawed back returns to this account.
    """

    type: Type
    mode: Mode
    floor: Floor = Floor.NONE
    takes_back: bool = False


CHART: dict[Purpose, Line] = {
    Purpose.BANK: Line(Type.ASSET, Mode.RECORDING),
    Purpose.WECHAT: Line(Type.ASSET, Mode.RECORDING),
    Purpose.ALIPAY: Line(Type.ASSET, Mode.RECORDING),
    Purpose.STOCK: Line(Type.ASSET, Mode.RECORDING),
    Purpose.UNEARNED_BUY_INS: Line(Type.LIABILITY, Mode.AUTHORISING, Floor.ALWAYS),
    Purpose.TAX_WITHHELD: Line(Type.LIABILITY, Mode.RECORDING),
    Purpose.DEPOSITS_HELD: Line(Type.LIABILITY, Mode.AUTHORISING, Floor.ALWAYS),
    Purpose.UNAPPLIED_RECEIPTS: Line(Type.LIABILITY, Mode.AUTHORISING, Floor.ALWAYS),
    Purpose.OVERRIDE_ACCRUED: Line(Type.LIABILITY, Mode.RECORDING, takes_back=True),
    Purpose.OVERRIDE_PAYABLE: Line(Type.LIABILITY, Mode.AUTHORISING, Floor.UNLESS_TAKEN_BACK),
    Purpose.SERVICE_ACCRUED: Line(Type.LIABILITY, Mode.RECORDING, takes_back=True),
    Purpose.SERVICE_PAYABLE: Line(Type.LIABILITY, Mode.AUTHORISING, Floor.UNLESS_TAKEN_BACK),
    Purpose.OPENING_EQUITY: Line(Type.EQUITY, Mode.RECORDING),
    Purpose.BUY_IN_INCOME: Line(Type.INCOME, Mode.RECORDING),
    Purpose.OVERRIDE_EXPENSE: Line(Type.EXPENSE, Mode.RECORDING, takes_back=True),
    Purpose.SERVICE_EXPENSE: Line(Type.EXPENSE, Mode.RECORDING, takes_back=True),
}

DEBIT_NORMAL = (Type.ASSET, Type.EXPENSE)
