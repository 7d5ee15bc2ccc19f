"""Cookie sessions."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_api.models.credentials import Credential
from users.models import User


class SessionManager(models.Manager["Session"]):
    """Sessions."""

    def alive_for(self, user: User) -> models.QuerySet["Session"]:
        """Return those that open the account now, the last used first."""
        alive = self.filter(user=user, auth_hash=user.get_session_auth_hash(), expires_at__gt=timezone.now())
        return alive.order_by("-last_used_at", "-created_at")


class Session(Credential):
    """A login by cookie. Only the digest of the cookie is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    data = models.TextField(editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions", verbose_name=_("user"))
    auth_hash = models.CharField(max_length=64, blank=True, editable=False)  # Django's stamp of the password
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_dead(self) -> bool:
        """Whether the session is over, or its account is inactive or has another password by now."""
        is_bound = self.user is None or (self.user.is_active and self.auth_hash == self.user.get_session_auth_hash())
        return not is_bound or self.expires_at <= timezone.now()
