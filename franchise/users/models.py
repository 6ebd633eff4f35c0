from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from franchise.users.rules import MOST_ATTEMPTS


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


class LoginCode(models.Model):
    """A six-digit code asked for by a phone number, known or not. Only its keyed hash is kept."""

    phone = models.CharField(_("phone number"), max_length=20)
    address = models.GenericIPAddressField(_("asked from"))
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("works until"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(attempts__lte=MOST_ATTEMPTS), name="a_login_code_is_tried_five_times"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=models.F("expires_at")),
                name="a_login_code_is_used_before_it_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["phone", "created_at"], name="login_code_phone"),
            models.Index(fields=["address", "created_at"], name="login_code_address"),
        ]

    def __str__(self) -> str:
        return f"{self.phone} {self.created_at:%Y-%m-%d %H:%M}"
