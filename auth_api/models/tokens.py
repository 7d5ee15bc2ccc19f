"""Tokens."""

import uuid
from datetime import datetime
from functools import cache
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_api import keys
from auth_api.models.credentials import LONG_AGO, Credential
from users.clients import Client
from users.insertion import insert
from users.models import User
from users.statements import Prepared, execute, instance_of, names_of_columns

NAME_LENGTH = 100  # characters


class Scope(models.TextChoices):
    """What a token may do."""

    READ = "read", _("read: safe methods only")
    WRITE = "write", _("write: whatever its owner may do")


class IssuedToken(NamedTuple):
    """A token just made, with its key: the only time that anybody sees it."""

    token: "AuthToken"
    key: str


class AuthTokenManager(models.Manager["AuthToken"]):
    """Finds tokens; as ``user.auth_tokens`` it makes them for the account."""

    instance: User

    def find(self, key: str) -> "AuthToken | None":
        """Return the token of the key with its account, alive or not. Text that can't be a key costs no query."""
        if not keys.is_well_formed(key):
            return None
        rows = by_digest.rows(digest=keys.digest(key))
        if not rows:
            return None
        own = len(names_of_columns(AuthToken))
        token = instance_of(AuthToken, rows[0][:own])
        AuthToken.user.field.set_cached_value(token, instance_of(User, rows[0][own:]))
        return token

    def alive_for(self, user: User) -> models.QuerySet["AuthToken"]:
        """Return those that open the account now, the last used first."""
        return self.alive(user_id=user.pk, stamp=user.password_stamp, **times_of_life())

    def alive(self, *, user_id: int, stamp: str, **times: datetime) -> models.QuerySet["AuthToken"]:
        """Return those of an account and a password that have not ended, the last used first."""
        alive = self.lasting(**times).filter(user_id=user_id, password_stamp=stamp)
        return alive.order_by("-last_used_at", "-created_at")

    def lasting(self, *, now: datetime, used_since: datetime) -> models.QuerySet["AuthToken"]:
        """Return those whose time is not over."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now), last_used_at__gt=used_since)

    def issue(
        self,
        *,
        name: str = "",
        client: Client | None = None,
        scope: Scope = Scope.WRITE,
        expires_at: datetime | None = None,
        is_locked: bool = False,
    ) -> IssuedToken:
        """Make a token and hand out its key, which is stored nowhere.

        The least recently used tokens over ``TOKENS_PER_USER`` end in the same transaction.

        Args:
            name: the label its owner gave, usually a device.
            client: where it was asked for.
            scope: what it may do.
            expires_at: its end, if that is not to be ``TOKEN_LIFETIME`` from now.
            is_locked: whether this transaction has locked the account already.
        """
        key, now = keys.generate(settings.TOKEN_PREFIX), timezone.now()
        if expires_at is None and settings.TOKEN_LIFETIME:
            expires_at = now + settings.TOKEN_LIFETIME
        token = AuthToken(
            user=self.instance,
            password_stamp=self.instance.password_stamp,
            digest=keys.digest(key),
            hint=keys.hint(key),
            name=name,
            scope=scope,
            created_at=now,
            expires_at=expires_at,
            last_used_at=now,
            last_used_ip=client.ip_address if client else None,
            user_agent=client.user_agent if client else "",
        )
        with transaction.atomic(savepoint=False):
            self._make_room(is_locked=is_locked)
            insert(token)
        return IssuedToken(token, key)

    def _make_room(self, *, is_locked: bool) -> None:
        if not settings.TOKENS_PER_USER:
            return
        if not is_locked:  # parallel logins of the account wait for one another here: the count is exact
            User.objects.lock(self.instance)
        rows = tokens_over(settings.TOKENS_PER_USER - 1).rows(
            user_id=self.instance.pk, stamp=self.instance.password_stamp, **times_of_life()
        )
        for (pk,) in rows:
            execute("DELETE FROM auth_api_authtoken WHERE id = %s", pk)


by_digest = Prepared(lambda digest: AuthToken.objects.select_related("user").filter(digest=digest), digest=str)


def times_of_life() -> dict[str, datetime]:
    """Return what the times of a token that is alive are compared with."""
    now = timezone.now()
    return {"now": now, "used_since": now - settings.TOKEN_IDLE_LIFETIME if settings.TOKEN_IDLE_LIFETIME else LONG_AGO}


@cache
def tokens_over(allowed: int) -> Prepared:
    """Return the statement that finds the live tokens of an account, but for the last used ones."""
    return Prepared(
        lambda **values: AuthToken.objects.alive(**values).values_list("pk")[allowed:],
        user_id=int,
        stamp=str,
        now=datetime,
        used_since=datetime,
    )


class AuthToken(Credential):
    """A credential of one account on one device or in one script. Only the digest of its key is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    password_stamp = models.CharField(max_length=64, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="auth_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.WRITE)
    hint = models.CharField(_("key"), max_length=32, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects: ClassVar[AuthTokenManager] = AuthTokenManager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        permissions = [("introspect", _("Can introspect tokens"))]

    def __str__(self) -> str:
        return self.hint

    @property
    def has_expired(self) -> bool:
        """Whether the token's time is over, or it has not been used for too long."""
        now = timezone.now()
        idle = settings.TOKEN_IDLE_LIFETIME
        is_over = self.expires_at is not None and self.expires_at <= now
        return is_over or bool(idle and self.last_used_at <= now - idle)

    @property
    def is_dead(self) -> bool:
        """Whether the token opens nothing."""
        return self.has_expired or not self.user.is_active or not self.is_bound

    @property
    def is_bound(self) -> bool:
        """Whether the account still has the password that the token was made under."""
        return self.password_stamp == self.user.password_stamp
