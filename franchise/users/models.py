from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, phone: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str | None = None, **fields: Any) -> "User":
        fields = {"role": User.Role.ADMINISTRATOR, "is_superuser": True, **fields}
        return self.create_user(phone, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. The phone number is the account; a role makes them head office's."""

    class Role(models.TextChoices):
        NONE = "", _("no role at head office")
        OPERATIONS = "operations", _("operations")
        FINANCE = "finance", _("finance")
        APPROVER = "approver", _("approver")
        AUDITOR = "auditor", _("auditor")
        ADMINISTRATOR = "administrator", _("administrator")

    phone = models.CharField(
        _("phone number"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^1[3-9]\d{9}$", _("A mainland mobile number has 11 digits."))],
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(
        _("role"), max_length=16, choices=Role.choices, default=Role.NONE, blank=True
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.phone

    @property
    def is_staff(self) -> bool:
        """Whether this person works at head office."""
        return bool(self.role)
