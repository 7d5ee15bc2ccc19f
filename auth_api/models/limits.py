"""What the limiter remembers: guesses, the lockouts that they led to, and the networks that accounts are at home in."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.clients import NETWORK_LENGTH
from users.models import User
from users.names import LONGEST_LOGIN

PLACE_LENGTH = 44  # characters: the word session and a UUID; a network is shorter


class Allowance(models.TextChoices):
    """What failures are counted over. Each has the setting ``LOGIN_FAILURES_PER_...``; 0 switches it off."""

    ACCOUNT_AND_NETWORK = "account_and_network", _("account and network")
    ACCOUNT = "account", _("account, from everywhere")
    # Takes the place of the former where the account is at home, with a limit that is as high.
    ACCOUNT_AT_HOME = "account_at_home", _("account, where its owner has logged in before")
    NETWORK = "network", _("network, on any account")

    @property
    def limit(self) -> int:
        """Return how many failures it takes within ``LOGIN_WINDOW``."""
        limit: int = getattr(settings, f"LOGIN_FAILURES_PER_{self.name.removesuffix('_AT_HOME')}")
        return limit


class Guess(models.Model):
    """A password that was, or is being, checked. Taken before the check; what came of it is known after.

    One that is only taken is no failure. It counts beside the failures until it is settled, or its lease is over.
    """

    LEASE = timedelta(seconds=30)  # of a guess whose process was killed in the middle of the check

    account = models.CharField(_("account"), max_length=LONGEST_LOGIN)
    network = models.CharField(_("network"), max_length=NETWORK_LENGTH)
    # A known one, if it was. Processes that were started before the column was added write none.
    device = models.CharField(_("device"), max_length=PLACE_LENGTH, blank=True, default="", db_default="")
    taken_at = models.DateTimeField(_("taken"), default=timezone.now)
    failed_at = models.DateTimeField(_("failed"), null=True)
    is_cleared = models.BooleanField(_("cleared by a success"), default=False)

    class Meta:
        verbose_name = _("guess")
        verbose_name_plural = _("guesses")
        indexes = [
            models.Index(fields=["account", "taken_at"], name="auth_api_guess_account"),
            models.Index(fields=["network", "taken_at"], name="auth_api_guess_network"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.network}"

    @property
    def is_dead(self) -> bool:
        """Whether it counts no more."""
        return self.taken_at < timezone.now() - max(settings.LOGIN_WINDOW, self.LEASE)


class LockoutQuerySet(models.QuerySet["Lockout"]):
    """Lockouts."""

    def on(self) -> Self:
        """Return those that are on, in the words of the index on their ends: SQLite has none for "not over"."""
        return self.filter(lifted_at=None, locked_until__gt=timezone.now())

    def over(self) -> Self:
        """Return those that have ended, or were lifted."""
        return self.filter(models.Q(lifted_at__isnull=False) | models.Q(locked_until__lte=timezone.now()))


class Lockout(models.Model):
    """A time during which no password is checked, whoever asks. Kept for the record after it is over."""

    DURATIONS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24))
    # A lockout that begins sooner than this after the last one has ended lasts longer.
    MEMORY = timedelta(hours=24)
    KEPT_FOR = timedelta(days=365)

    allowance = models.CharField(_("limit"), max_length=20, choices=Allowance)
    account = models.CharField(_("account"), max_length=LONGEST_LOGIN, blank=True)
    network = models.CharField(_("network or device"), max_length=PLACE_LENGTH, blank=True)
    locked_at = models.DateTimeField(_("locked"), default=timezone.now)
    locked_until = models.DateTimeField(_("until"))
    repetition = models.PositiveSmallIntegerField(_("repetition"), default=0)
    is_cleared = models.BooleanField(_("cleared by a success"), default=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("lifted by")
    )

    objects = LockoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("lockout")
        verbose_name_plural = _("lockouts")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "network", "locked_until"], name="auth_api_lockout_whom"),
            models.Index(fields=["locked_until"], name="auth_api_lockout_until"),
            # For who looks for one, the newest first, and says that its id is positive: no login, which does not,
            # can be led to them away from the first.
            models.Index(fields=["account", "id"], name="auth_api_lockout_account", condition=models.Q(id__gt=0)),
            models.Index(fields=["network", "id"], name="auth_api_lockout_network", condition=models.Q(id__gt=0)),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.account, self.network) if part)

    @property
    def ends_at(self) -> datetime:
        """When it ends, or ended."""
        return self.lifted_at or self.locked_until

    @property
    def is_remembered(self) -> bool:
        """Whether the next one will last longer for it."""
        is_settled = self.is_cleared or self.lifted_at is not None
        return not is_settled and self.ends_at > timezone.now() - self.MEMORY

    @property
    def is_dead(self) -> bool:
        """Whether it is too long ago to be kept."""
        return self.ends_at < timezone.now() - self.KEPT_FOR


class KnownNetwork(models.Model):
    """A network from which an account logged in: its owner keeps an allowance there that nobody elsewhere uses up."""

    KNOWN_FOR = timedelta(days=30)

    user = models.ForeignKey(
        User,
        # The account may be deleted while its password is checked, and the row of that attempt has to be written. What
        # is left behind is pruned; to delete it with the account could be a deadlock with a login.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="known_networks",
        verbose_name=_("user"),
    )
    network = models.CharField(_("network"), max_length=NETWORK_LENGTH)
    last_login_at = models.DateTimeField(_("last login"))

    class Meta:
        verbose_name = _("known network")
        verbose_name_plural = _("known networks")
        constraints = [models.UniqueConstraint(fields=["user", "network"], name="auth_api_knownnetwork_once")]

    def __str__(self) -> str:
        return self.network

    @property
    def is_dead(self) -> bool:
        """Whether it is known no more."""
        return self.last_login_at < timezone.now() - self.KNOWN_FOR
