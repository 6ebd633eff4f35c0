"""Why something about regions is refused."""

from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class NoRegions(BusinessError):
    message = _("The division data is not loaded yet. Run manage.py load_regions once.")


class CodeInForce(BusinessError):
    message = _("%(code)s is already in force: it is %(name)s. Retire that first.")


class CodeMalformed(BusinessError):
    message = _("%(code)s is no division code: it has six digits, for towns and zones nine.")


class AlreadyKnown(BusinessError):
    message = _("%(name)s %(code)s from %(valid_from)s on is already there.")


class CannotHang(BusinessError):
    message = _("A %(kind)s cannot be directly in a %(parent_kind)s.")


class ParentNotInForce(BusinessError):
    message = _("%(name)s is not in force on %(day)s, so nothing can begin in it on that day.")


class AlreadyRetired(BusinessError):
    message = _("%(name)s has already ended, on %(day)s.")


class EndsBeforeItBegins(BusinessError):
    message = _("%(name)s begins on %(starts_on)s: it can only end after that day.")


class HasLivingChildren(BusinessError):
    message = _("%(count)d divisions in %(name)s are still in force. Retire or move them first.")


class NoSuccessor(BusinessError):
    message = _("Name at least one division that takes over from %(name)s.")


class SuccessorNotInForce(BusinessError):
    message = _("%(name)s is not in force on %(day)s, so it cannot take over.")


class NameMissing(BusinessError):
    message = _("A name is needed.")


class AliasKnown(BusinessError):
    message = _("The name %(name)s already means %(region)s in that time.")


class AliasOutside(BusinessError):
    message = _("%(region)s is not in %(within)s, so the name would never count.")
