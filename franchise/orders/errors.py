from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class FileRefused(BusinessError):
    """The whole file is refused, before anything of it is taken in."""


class FileIsEmpty(FileRefused):
    message = _("The file is empty. Please export it again.")


class FileHasOnlyAHeader(FileRefused):
    message = _("The file has a header but no rows. Please export it again.")


class FileTooLarge(FileRefused):
    message = _("The file is too large: at most %(most)s are taken. Please split it by period.")


class TooManyRows(FileRefused):
    message = _(
        "A spreadsheet may have at most %(most)s rows. Please split it, or save it as CSV, "
        "which has no such limit."
    )


class TooManyColumns(FileRefused):
    message = _(
        "The file has %(columns)s columns; at most %(most)s are taken. "
        "Please export orders or refunds only."
    )


class NotATextFile(FileRefused):
    message = _("This is neither a CSV file nor an XLSX spreadsheet. Please export it again.")


class OldSpreadsheet(FileRefused):
    message = _("Old Excel files (.xls) are not read. Please save it as .xlsx or CSV.")


class UnknownEncoding(FileRefused):
    message = _(
        "The characters cannot be read: the file is neither UTF-8 nor GB18030. "
        "Please save it as UTF-8."
    )


class BrokenQuotes(FileRefused):
    message = _(
        "The quotes do not pair up near row %(row)s, so the cells cannot be told apart. "
        "Please export the file again."
    )


class BrokenSpreadsheet(FileRefused):
    message = _("The spreadsheet is damaged or locked with a password. Please save it again.")


class ZipBomb(FileRefused):
    message = _(
        "Unpacked, the spreadsheet would take %(size)s; at most %(most)s are taken. "
        "Please save the rows as CSV."
    )


class ColumnsMissing(FileRefused):
    message = _(
        "Required columns are missing: %(columns)s. The file has: %(found)s. "
        "Please check the headers, or say in the shop's settings what they are called."
    )


class NoColumnForTheRegion(FileRefused):
    message = _(
        "No column says where the orders go: a region code, province and city, an address "
        "or a pickup point. Please check the headers."
    )


class AmbiguousColumns(FileRefused):
    message = _(
        "More than one column could be “%(column)s”: %(found)s. "
        "Please say in the shop's settings which one it is."
    )


class UnknownColumnName(FileRefused):
    message = _("The header “%(header)s” is mapped to “%(column)s”, which is not a column of ours.")


class ImportBroke(FileRefused):
    message = _(
        "The program failed on this file; the fault has been recorded. "
        "Nothing of the file was stored."
    )


class NoDivisions(BusinessError):
    message = _("There are no divisions yet. Please run load_regions first.")


class UnknownShop(BusinessError):
    message = _("There is no shop with the code “%(code)s”.")


class ShopNeedsCode(BusinessError):
    message = _("A shop needs a code of 1 to 40 characters and a name.")


class ShopExists(BusinessError):
    message = _("There is a shop with the code “%(code)s” already.")


class ImportInOtherState(BusinessError):
    message = _("This file is “%(state)s”, so this cannot be done now.")


class RowsAreNotThere(BusinessError):
    message = _("These rows were not rejected, or are mended already: %(rows)s.")


class ReasonMissing(BusinessError):
    message = _("Please write the reason: it stays with the order.")


class OrdersAreNotThere(BusinessError):
    message = _("These orders do not exist: %(orders)s.")


class OrderIsNotInDoubt(BusinessError):
    message = _("The region of order %(order_no)s is not in doubt. Please propose a correction.")


class RegionNotInForce(BusinessError):
    message = _(
        "%(region)s was not in force on %(day)s, when order %(order_no)s was paid. "
        "Please choose a region of that day."
    )


class SameRegion(BusinessError):
    message = _("Order %(order_no)s is in %(region)s already.")


class CorrectionIsOpen(BusinessError):
    message = _("A correction of order %(order_no)s is already waiting for approval.")


class AlreadyDecided(BusinessError):
    message = _("This has been decided already.")


class NeedsAnotherPerson(BusinessError):
    message = _("Who proposed it cannot approve it: it takes two people.")


class IsAConsumersOrder(BusinessError):
    message = _("Order %(order_no)s counts already: its buyer is a consumer.")
