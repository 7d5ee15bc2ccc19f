"""The credentials: tokens and cookie sessions."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_api import keys
from users.clients import USER_AGENT_LENGTH, Client
from users.models import User

NAME_LENGTH = 100  # characters
USE_IS_NOTED_EVERY = timedelta(minutes=1)


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
        try:
            return self.select_related("user").get(digest=keys.digest(key))
        except AuthToken.DoesNotExist:
            return None

    def alive_for(self, user: User) -> models.QuerySet["AuthToken"]:
        """Return those that open the account now, the last used first."""
        now = timezone.now()
        alive = self.filter(user=user, password_stamp=user.password_stamp)
        alive = alive.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))
        if settings.TOKEN_IDLE_LIFETIME:
            alive = alive.filter(last_used_at__gt=now - settings.TOKEN_IDLE_LIFETIME)
        return alive.order_by("-last_used_at", "-created_at")

    def issue(
        self,
        *,
        name: str = "",
        client: Client | None = None,
        scope: Scope = Scope.WRITE,
        expires_at: datetime | None = None,
    ) -> IssuedToken:
        """Make a token and hand out its key, which is stored nowhere.

        The least recently used tokens over ``TOKENS_PER_USER`` end in the same transaction.

        Args:
            name: the label its owner gave, usually a device.
            client: where it was asked for.
            scope: what it may do.
            expires_at: its end, if that is not to be ``TOKEN_LIFETIME`` from now.
        """
        key = keys.generate(settings.TOKEN_PREFIX)
        now = timezone.now()
        if expires_at is None and settings.TOKEN_LIFETIME:
            expires_at = now + settings.TOKEN_LIFETIME
        with transaction.atomic():
            if settings.TOKENS_PER_USER:
                self._make_room(settings.TOKENS_PER_USER - 1)
            token = self.create(
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
        return IssuedToken(token, key)

    def _make_room(self, allowed: int) -> None:
        # The lock makes the count exact: parallel logins of the account wait for one another here.
        list(User.objects.select_for_update(no_key=True).filter(pk=self.instance.pk).values_list("pk"))
        surplus = list(self.alive_for(self.instance).values_list("pk", flat=True)[allowed:])
        if surplus:
            AuthToken.objects.filter(pk__in=surplus).delete()


class Credential(models.Model):
    """What tokens and sessions have in common."""

    objects: ClassVar[models.Manager[Any]]
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), default=timezone.now, editable=False)
    last_used_ip = models.GenericIPAddressField(_("last used from"), null=True, editable=False)
    user_agent = models.CharField(_("user agent"), max_length=USER_AGENT_LENGTH, blank=True, editable=False)

    class Meta:
        abstract = True

    def note_use(self, client: Client) -> None:
        """Write time and address of this use, unless the last ones are less than a minute old."""
        now = timezone.now()
        if now - self.last_used_at >= USE_IS_NOTED_EVERY:
            used = {"last_used_at": now, "last_used_ip": client.ip_address}
            type(self).objects.filter(pk=self.pk).update(**used)


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
    def is_bound(self) -> bool:
        """Whether the account is active and still has the password that the token was made under."""
        return self.user.is_active and self.password_stamp == self.user.password_stamp


class SessionManager(models.Manager["Session"]):
    """Sessions."""

    def alive_for(self, user: User) -> models.QuerySet["Session"]:
        """Return the account's sessions that are not over, the last used first."""
        return self.filter(user=user, expires_at__gt=timezone.now()).order_by("-last_used_at", "-created_at")


class Session(Credential):
    """A login by cookie. Only the digest of the cookie is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    data = models.TextField(editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions", verbose_name=_("user"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return str(self.id)
