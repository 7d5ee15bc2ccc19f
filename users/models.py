"""The account."""

import hashlib
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from users.fields import NormalisedCharField, NormalisedEmailField
from users.names import is_storable, normalise
from users.signals import password_rehashed
from users.statements import Prepared, instance_of


class UserManager(DjangoUserManager["User"]):
    """Creates accounts, and finds the one that a person means."""

    def find_by_login(self, login: str) -> "User | None":
        """Return the account with this name or, if the text has an ``@``, with this e-mail address. One query."""
        name = normalise(login)
        if not is_storable(name):
            return None
        rows = (by_email if "@" in name else by_username).rows(name=name)
        return instance_of(User, rows[0]) if rows else None

    def lock(self, user: "User") -> bool:
        """Lock the account's row until the transaction ends: before its tokens, and those before its sessions.

        Return whether it is still there, active, and has the password that ``user`` was loaded with.
        """
        return locked_by_id.rows(user_id=user.pk) == [(user.password, True)]


class User(AbstractUser):
    """An account, known by one normalised name and, when given, one e-mail address."""

    username = NormalisedCharField(
        _("username"),
        max_length=150,
        unique=True,
        help_text=_("At most 150 characters: letters, digits and . + - _ only. Case does not count."),
        # No @: a name can't look like another account's e-mail address.
        validators=[RegexValidator(r"^[\w.+-]+\Z", _("Enter letters, digits and . + - _ only."))],
        error_messages={"unique": _("A user with that username already exists.")},
    )
    email = NormalisedEmailField(_("email address"), blank=True)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        # Django's words, so that one catalogue has the singular and the plural.
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~models.Q(email=""),
                name="users_user_email_unique_when_given",
                violation_error_message=_("A user with that email address already exists."),
            )
        ]

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Return the name in its stored spelling. Django's forms and managers call this."""
        return normalise(username) if isinstance(username, str) else username

    @property
    def password_stamp(self) -> str:
        """What a credential is bound to: another password, set in whatever way, and it opens nothing."""
        return hashlib.sha256(self.password.encode()).hexdigest()

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether the password is right, and bring its hash up to today's parameters if it is."""
        lost = []

        def rehash(raw: str) -> None:
            if not self._rehash(raw):
                lost.append(raw)

        is_right = check_password(raw_password, self.password, rehash)
        if not lost:
            return is_right
        # Another hash was stored meanwhile: by another login, or with another password.
        self.password = User.objects.filter(pk=self.pk).values_list("password", flat=True).first() or ""
        return check_password(raw_password, self.password)

    def _rehash(self, raw_password: str) -> bool:
        """Store another hash of the same password, unless the stored one has changed meanwhile.

        Sends ``password_rehashed``: credentials bound to the former hash live on.
        """
        before, password = User(password=self.password), make_password(raw_password)
        with transaction.atomic():
            if not User.objects.filter(pk=self.pk, password=before.password).update(password=password):
                return False
            self.password = password
            password_rehashed.send(sender=User, user=self, before=before)
        return True


# The first condition is the index's own, which lets SQLite and PostgreSQL use it.
by_email = Prepared(lambda name: User.objects.filter(~models.Q(email=""), email=name), name=str)
by_username = Prepared(lambda name: User.objects.filter(username=name), name=str)
locked_by_id = Prepared(
    lambda user_id: User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("password", "is_active"),
    user_id=int,
)
