from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class Unbalanced(BusinessError):
    message = _(
        "Posting %(key)s does not balance: debits %(debits)s, credits %(credits)s, on "
        "%(accounts)s accounts. Both sides must be equal and name two accounts or more."
    )


class NotAnAmount(BusinessError):
    message = _(
        "Posting %(key)s has an entry of %(amount)s. An entry is a positive amount in whole fen."
    )


class KeyReused(BusinessError):
    message = _(
        "%(key)s is already in the books with other content. Nothing was posted; "
        "what is in the books is undone by a reversal, not by posting again."
    )


class AlreadyReversed(BusinessError):
    message = _("Transaction %(key)s was already reversed. A reversal happens once.")


class PeriodClosed(BusinessError):
    message = _(
        "The books are closed through %(through)s; nothing can be posted on %(on)s. "
        "Post it in the open period and name the period it belongs to."
    )


class NotLaterThanClosed(BusinessError):
    message = _("The books are already closed through %(through)s, which is not before %(day)s.")


class BelowFloor(BusinessError):
    message = _(
        "Posting %(key)s would take a deposit or a payable below zero. Nothing was posted; "
        "at most the balance can be taken."
    )


class TransferBetweenParties(BusinessError):
    message = _(
        "Posting %(key)s would move money from one agent's balance to another's. "
        "A balance is only paid out."
    )
