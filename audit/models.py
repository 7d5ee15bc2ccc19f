"""The login log."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.attempts import Entrance, FailureReason
from users.clients import FORWARDED_FOR_LENGTH, USER_AGENT_LENGTH
from users.models import User

ATTEMPTED_NAME_LENGTH = 254  # characters: the longest e-mail address
REQUEST_ID_LENGTH = 64  # characters


class LoginLogQuerySet(models.QuerySet["LoginLog"]):
    """Rows of the log."""

    def visible_to(self, user: User) -> "LoginLogQuerySet":
        """Return all rows for staff, for others those of their own account."""
        return self.all() if user.is_staff else self.filter(user=user)


class LoginLog(models.Model):
    """One authentication attempt. Written once, and never changed: triggers in the database see to that."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # The row outlives the account: it keeps the number of an account that is gone.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="login_logs",
        verbose_name=_("account"),
    )
    username = models.CharField(_("name given"), max_length=ATTEMPTED_NAME_LENGTH)
    login_time = models.DateTimeField(_("time"), default=timezone.now)
    ip_address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("user agent"), max_length=USER_AGENT_LENGTH)
    is_success = models.BooleanField(_("success"))
    failure_reason = models.CharField(_("reason"), max_length=20, choices=FailureReason, blank=True)
    entrance = models.CharField(_("entrance"), max_length=10, choices=Entrance)
    token_id = models.UUIDField(_("token"), null=True)
    request_id = models.CharField(_("request"), max_length=REQUEST_ID_LENGTH)
    # For check_proxies: the way that the request took. NULL, not "", where there was no header.
    peer = models.GenericIPAddressField(_("peer"), null=True)
    forwarded_for = models.CharField(_("forwarded for"), max_length=FORWARDED_FOR_LENGTH, null=True)  # noqa: DJ001 - see above

    objects: ClassVar[models.Manager["LoginLog"]] = models.Manager.from_queryset(LoginLogQuerySet)()

    class Meta:
        verbose_name = _("login attempt")
        verbose_name_plural = _("login attempts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="audit_loginlog_user")]

    def __str__(self) -> str:
        return f"{self.login_time:%Y-%m-%d %H:%M:%S} {self.username}"


class Retention(models.Model):
    """Up to which id the transaction that wrote this row may delete from the log. Never committed."""

    id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"up to {self.id}"
