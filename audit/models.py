"""The login log."""

from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.conditions import LEADS, Condition, LookedAt, contradict, lead
from audit.fields import AddressPartField
from users.clients import FORWARDED_FOR_LENGTH, USER_AGENT_LENGTH
from users.models import User
from users.names import LONGEST_LOGIN
from users.vocabulary import Entrance, FailureReason

REQUEST_ID_LENGTH = 64  # characters
ORDER = ("login_time", "id")


class LoginLogQuerySet(models.QuerySet["LoginLog"]):
    """Rows of the log."""

    def visible_to(self, user: User) -> "LoginLogQuerySet":
        """Return all rows for staff, for others those of their own account."""
        return self.all() if user.is_staff else self.filter(user=user)

    def matching(self, conditions: Collection[Condition], *, is_led: bool = False) -> "LoginLogQuerySet":
        """Return the rows that meet the conditions, found by one index and looked at by the rest.

        Args:
            conditions: the columns and what they have to be.
            is_led: whether the queryset has a condition already whose index is to be used.
        """
        found = self.none() if contradict(conditions) else self
        for column, value in sorted(conditions, key=lambda condition: LEADS.index(condition[0])):
            if is_led or isinstance(value, tuple):
                lookup = f"at_{column}__range" if isinstance(value, tuple) else f"at_{column}"
                found = found.alias(**{f"at_{column}": LookedAt(column)}).filter(**{lookup: value})
            else:
                found, is_led = found.filter(lead(column, value)), True
        return found


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
    username = models.CharField(_("name given"), max_length=LONGEST_LOGIN)
    login_time = models.DateTimeField(_("time"), default=timezone.now)
    ip_address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("user agent"), max_length=USER_AGENT_LENGTH)
    is_success = models.BooleanField(_("success"))
    failure_reason = models.CharField(_("reason"), max_length=20, choices=FailureReason, blank=True)
    entrance = models.CharField(_("entrance"), max_length=10, choices=Entrance)
    token_id = models.UUIDField(_("token"), null=True)
    session_id = models.UUIDField(_("session"), null=True)
    request_id = models.CharField(_("request"), max_length=REQUEST_ID_LENGTH)
    # For check_proxies: the way that the request took. NULL, not "", where there was no header.
    peer = models.GenericIPAddressField(_("peer"), null=True)
    forwarded_for = models.CharField(_("forwarded for"), max_length=FORWARDED_FOR_LENGTH, null=True)  # noqa: DJ001 - see above

    # For the search for networks: see audit.networks.
    address_coarse = AddressPartField(part="coarse")
    address_medium = AddressPartField(part="medium")
    address_fine = AddressPartField(part="fine")
    address_host = AddressPartField(part="host")

    objects: ClassVar[models.Manager["LoginLog"]] = models.Manager.from_queryset(LoginLogQuerySet)()

    class Meta:
        verbose_name = _("login attempt")
        verbose_name_plural = _("login attempts")
        ordering = ["-login_time", "-id"]
        # Each filter has its rows in the order in which pages show them: nothing is sorted, nothing is counted.
        indexes = [
            models.Index(fields=["login_time", "id"], name="audit_log_time"),
            models.Index(fields=["user", *ORDER], condition=models.Q(user__isnull=False), name="audit_log_user"),
            models.Index(fields=["username", *ORDER], name="audit_log_username"),
            models.Index(fields=["ip_address", *ORDER], name="audit_log_address"),
            models.Index(fields=["address_fine", *ORDER], name="audit_log_fine"),
            models.Index(fields=["address_medium", *ORDER], name="audit_log_medium"),
            models.Index(fields=["address_coarse", *ORDER], name="audit_log_coarse"),
            models.Index(fields=["is_success", *ORDER], name="audit_log_success"),
            models.Index(
                fields=["failure_reason", *ORDER], condition=models.Q(is_success=False), name="audit_log_reason"
            ),
            models.Index(fields=["entrance", *ORDER], name="audit_log_entrance"),
        ]

    def __str__(self) -> str:
        return f"{self.login_time:%Y-%m-%d %H:%M:%S} {self.username}"

    @property
    def is_confirmation(self) -> bool:
        """Whether the password was right and opened nothing: it was given once more, as to change it."""
        return self.is_success and self.token_id is None and self.session_id is None


class QuarterHour(models.Model):
    """How many rows a quarter of an hour has. Triggers keep it, in the transaction of each row: the two never disagree.

    Time zones are whole quarters of an hour apart, so that hours and days of any of them are sums. PostgreSQL's
    connections count in shards, since they would wait for one another on one row.
    """

    SECONDS = 900

    pk = models.CompositePrimaryKey("quarter", "shard")
    quarter = models.BigIntegerField()  # since the epoch
    shard = models.SmallIntegerField()
    successes = models.BigIntegerField()
    failures = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.quarter}: {self.successes} successes, {self.failures} failures"


class Retention(models.Model):
    """Up to which id the transaction that wrote this row may delete from the log, the oldest rows first."""

    id = models.BigIntegerField(primary_key=True)
    # A row that there can't be. The database looks for it at commit, so that none of this table is ever committed.
    never = models.ForeignKey("self", on_delete=models.DO_NOTHING, db_default=0, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id__gt=0, never=0), name="audit_retention_ends_with_its_transaction"
            )
        ]

    def __str__(self) -> str:
        return f"up to {self.id}"
